package io.hamster.spring.console;

import static org.springframework.web.servlet.function.RouterFunctions.route;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Serves the console by Spring MVC, in whichever context the endpoints are in. */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({DispatcherServlet.class, RouterFunction.class})
@ConditionalOnBean(ConsolePage.class)
class ConsoleServletConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "hamsterConsoleRoutes")
    RouterFunction<ServerResponse> hamsterConsoleRoutes(ConsolePage page, ConsoleSettings settings) {
        return route().GET(ConsolePage.PATH, request -> file(request, page.index()))
                .GET(ConsolePage.PATH + "/", request -> withoutSlash())
                .GET(ConsolePage.SETTINGS_PATH, request -> settings(settings))
                .GET(
                        ConsolePage.FILE_PATH,
                        request -> page.file(request.pathVariable("file"))
                                .map(file -> file(request, file))
                                .orElseGet(() -> ServerResponse.notFound().build()))
                .build();
    }

    private static ServerResponse file(ServerRequest request, ConsoleFile file) {
        return request.checkNotModified(file.etag())
                .orElseGet(() -> ServerResponse.ok()
                        .headers(ConsolePage::fileHeaders)
                        .eTag(file.etag())
                        .contentType(file.type())
                        .contentLength(file.content().length)
                        .build((servletRequest, response) -> {
                            response.getOutputStream().write(file.content());
                            return null;
                        }));
    }

    private static ServerResponse settings(ConsoleSettings settings) {
        return ServerResponse.ok()
                .headers(ConsolePage::settingsHeaders)
                .contentType(MediaType.APPLICATION_JSON)
                .build((servletRequest, response) -> {
                    response.getOutputStream().write(settings.json().getBytes(StandardCharsets.UTF_8));
                    return null;
                });
    }

    private static ServerResponse withoutSlash() {
        return ServerResponse.status(HttpStatus.FOUND)
                .location(URI.create(ConsolePage.WITHOUT_SLASH))
                .build();
    }
}
