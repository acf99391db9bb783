package io.hamster.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.hash.HamsterHashAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The same answers from WebFlux. */
class ReactiveProblemTests {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterLockAutoConfiguration.class,
                    HamsterCacheAutoConfiguration.class,
                    HamsterHashAutoConfiguration.class,
                    HamsterWebAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    CodecsAutoConfiguration.class,
                    HttpHandlerAutoConfiguration.class,
                    WebFluxAutoConfiguration.class))
            .withPropertyValues("hamster.test.manual-time=true", "hamster.web.problem-details.enabled=true")
            .withBean(RealFailures.class)
            .withBean(Shop.class);

    private static WebTestClient.ResponseSpec get(ApplicationContext context, String way) {
        return WebTestClient.bindToApplicationContext(context)
                .build()
                .get()
                .uri("/" + way)
                .exchange();
    }

    @Test
    void answersWithAStatusAndATypeOfItsOwn() {
        runner.run(context -> {
            get(context, "busy")
                    .expectStatus()
                    .isEqualTo(409)
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .expectBody()
                    .jsonPath("$.type")
                    .isEqualTo("urn:hamster:problem:lock-not-acquired")
                    .jsonPath("$.detail")
                    .value(detail -> assertThat(detail.toString()).doesNotContain("4711"));
            get(context, "no-peers")
                    .expectStatus()
                    .isEqualTo(503)
                    .expectHeader()
                    .doesNotExist(HttpHeaders.RETRY_AFTER);
        });
    }

    @Test
    void leavesExceptionsOfTheApplicationAlone() {
        runner.run(context -> get(context, "wrapped").expectStatus().isEqualTo(500));
    }
}
