package io.hamster.spring.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Over real servers: ports, paths and filters are theirs. */
class ConsoleServerTests {

    private static final List<String> PATHS = List.of("/hamster", "/hamster/console.js", "/hamster/settings.json");

    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable ConfigurableApplicationContext context;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Open {

        @Bean
        SecurityFilterChain everybody(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Secured {}

    @AfterEach
    void close() {
        if (context != null) {
            context.close();
        }
    }

    private void start(Class<?> application, String... properties) {
        String[] common = {
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--spring.main.banner-mode=off",
            "--spring.autoconfigure.exclude=org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
            "--hamster.console.enabled=true",
            "--management.endpoints.web.exposure.include=hamsterlocks",
        };
        context = new SpringApplication(application)
                .run(Stream.of(common, properties).flatMap(Stream::of).toArray(String[]::new));
    }

    private URI uri(String port, String path) {
        return URI.create("http://127.0.0.1:" + context.getEnvironment().getRequiredProperty(port) + path);
    }

    private HttpResponse<String> get(String port, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(port, path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void isBelowTheContextPath() throws Exception {
        start(Open.class, "--server.servlet.context-path=/shop");

        assertThat(PATHS).allSatisfy(path -> {
            assertThat(get("local.server.port", "/shop" + path).statusCode()).isEqualTo(200);
            assertThat(get("local.server.port", path).statusCode()).isEqualTo(404);
        });
        assertThat(get("local.server.port", "/shop/hamster/settings.json").body())
                .as("relative to the page's root")
                .contains("\"path\":\"/actuator/hamsterlocks\"");
        assertThat(get("local.server.port", "/shop/actuator/hamsterlocks").statusCode())
                .isEqualTo(200);
    }

    @Test
    void isWhereTheEndpointsAreWhenTheyHaveAPortOfTheirOwn() throws Exception {
        start(
                Open.class,
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.server.base-path=/ops",
                "--management.endpoints.web.base-path=/");

        assertThat(PATHS).allSatisfy(path -> {
            assertThat(get("local.management.port", "/ops" + path).statusCode()).isEqualTo(200);
            assertThat(get("local.server.port", path).statusCode()).isEqualTo(404);
        });
        assertThat(get("local.management.port", "/ops/hamster").headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'self'; frame-ancestors 'none'");
        assertThat(get("local.management.port", "/ops/hamster/settings.json").body())
                .contains("\"path\":\"/hamsterlocks\"");
        assertThat(get("local.management.port", "/ops/hamsterlocks").statusCode())
                .isEqualTo(200);
    }

    @Test
    void doesNotStartWhereAnEndpointWouldHideIt() {
        assertThatThrownBy(() -> start(
                        Open.class,
                        "--management.server.port=0",
                        "--management.server.address=127.0.0.1",
                        "--management.endpoints.web.exposure.include=hamster",
                        "--management.endpoints.web.base-path=/"))
                .hasStackTraceContaining("the Actuator endpoint 'hamster' is at /hamster already");
    }

    @Test
    void doesNotStartWhereTheListOfEndpointsWouldHideIt() {
        assertThatThrownBy(() -> start(Open.class, "--management.endpoints.web.base-path=/hamster"))
                .hasStackTraceContaining("management.endpoints.web.base-path is /hamster");
    }

    @Test
    void isAmongTheEndpointsWhereNothingListsThem() throws Exception {
        start(
                Open.class,
                "--management.endpoints.web.base-path=/hamster",
                "--management.endpoints.web.discovery.enabled=false");

        assertThat(PATHS)
                .allSatisfy(path ->
                        assertThat(get("local.server.port", path).statusCode()).isEqualTo(200));
        assertThat(get("local.server.port", "/hamster/hamsterlocks").statusCode())
                .isEqualTo(200);
    }

    @Test
    void isNowhereWithoutAManagementServer() throws Exception {
        start(Open.class, "--management.server.port=-1");

        assertThat(get("local.server.port", "/hamster").statusCode()).isEqualTo(404);
    }

    @Test
    void givesNothingToThoseWhoAreNotSignedIn() throws Exception {
        start(Secured.class, "--spring.security.user.name=ann", "--spring.security.user.password=secret");

        assertIsSecured("local.server.port");
    }

    @Test
    void givesNothingToThemAtAPortOfItsOwnEither() throws Exception {
        start(
                Secured.class,
                "--spring.security.user.name=ann",
                "--spring.security.user.password=secret",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1");

        assertIsSecured("local.management.port");
    }

    private void assertIsSecured(String port) throws Exception {
        String credentials = Base64.getEncoder().encodeToString("ann:secret".getBytes(StandardCharsets.UTF_8));
        for (String path : Stream.concat(PATHS.stream(), Stream.of("/actuator/hamsterlocks"))
                .toList()) {
            HttpResponse<String> refused = get(port, path, "X-Requested-With", "XMLHttpRequest");
            assertThat(refused.statusCode()).as(path).isEqualTo(401);
            assertThat(refused.body()).as(path).doesNotContain("Hamster", "hamsterlocks\":", "locks\":");

            HttpResponse<String> answered = get(port, path, "Authorization", "Basic " + credentials);
            assertThat(answered.statusCode()).as(path).isEqualTo(200);
        }
    }
}
