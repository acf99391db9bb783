package io.hamster.spring.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

class ReactiveConsoleTests {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withUserConfiguration(Web.class)
            .withPropertyValues("management.endpoints.web.exposure.include=hamsterlocks");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {ReactiveWebSecurityAutoConfiguration.class, ReactiveManagementWebSecurityAutoConfiguration.class
            })
    static class Web {}

    private static WebTestClient http(ApplicationContext context) {
        return WebTestClient.bindToApplicationContext(context).build();
    }

    @Test
    void servesThePageTheSettingsAndTheEndpoint() {
        runner.withPropertyValues("hamster.console.enabled=true").run(context -> {
            http(context)
                    .get()
                    .uri("/hamster")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .contentTypeCompatibleWith(MediaType.TEXT_HTML)
                    .expectHeader()
                    .valueEquals("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
                    .expectBody(String.class)
                    .value(page -> assertThat(page).contains("hamster/console.js"));
            http(context)
                    .get()
                    .uri("/hamster/settings.json")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store")
                    .expectBody()
                    .jsonPath("$.endpoints.hamsterlocks.path")
                    .isEqualTo("/actuator/hamsterlocks");
            http(context)
                    .get()
                    .uri("/actuator/hamsterlocks")
                    .exchange()
                    .expectStatus()
                    .isOk();
        });
    }

    @Test
    void answersThatAFileIsUnchangedOrMissing() {
        runner.withPropertyValues("hamster.console.enabled=true").run(context -> {
            String etag = http(context)
                    .get()
                    .uri("/hamster/console.css")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .returnResult(byte[].class)
                    .getResponseHeaders()
                    .getETag();
            http(context)
                    .get()
                    .uri("/hamster/console.css")
                    .header(HttpHeaders.IF_NONE_MATCH, etag)
                    .exchange()
                    .expectStatus()
                    .isNotModified();
            http(context)
                    .get()
                    .uri("/hamster/other.css")
                    .exchange()
                    .expectStatus()
                    .isNotFound();
            http(context)
                    .get()
                    .uri("/hamster/")
                    .exchange()
                    .expectStatus()
                    .isFound()
                    .expectHeader()
                    .valueEquals(HttpHeaders.LOCATION, "../hamster");
        });
    }

    @Test
    void isOffUnlessTurnedOn() {
        runner.run(context ->
                http(context).get().uri("/hamster").exchange().expectStatus().isNotFound());
    }
}
