package io.hamster.spring.console;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import java.net.URI;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Serves the console by WebFlux, in whichever context the endpoints are in. */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass({DispatcherHandler.class, RouterFunction.class})
@ConditionalOnBean(ConsolePage.class)
class ConsoleReactiveConfiguration {

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

    private static Mono<ServerResponse> file(ServerRequest request, ConsoleFile file) {
        return request.checkNotModified(file.etag())
                .switchIfEmpty(Mono.defer(() -> ServerResponse.ok()
                        .headers(ConsolePage::fileHeaders)
                        .eTag(file.etag())
                        .contentType(file.type())
                        .bodyValue(file.content())));
    }

    private static Mono<ServerResponse> settings(ConsoleSettings settings) {
        return ServerResponse.ok()
                .headers(ConsolePage::settingsHeaders)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(settings.json());
    }

    private static Mono<ServerResponse> withoutSlash() {
        return ServerResponse.status(HttpStatus.FOUND)
                .location(URI.create(ConsolePage.WITHOUT_SLASH))
                .build();
    }
}
