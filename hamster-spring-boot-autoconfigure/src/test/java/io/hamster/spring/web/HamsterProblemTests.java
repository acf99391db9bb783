package io.hamster.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.cache.CacheLoadException;
import io.hamster.hash.NoPeersAvailableException;
import io.hamster.lock.CircuitLockStore;
import io.hamster.lock.LockStore;
import io.hamster.lock.NestedLockException;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.hash.HamsterHashAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.web.RealFailures.SoldOutException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class HamsterProblemTests {

    private static final AutoConfigurations HAMSTER = AutoConfigurations.of(
            AopAutoConfiguration.class,
            HamsterAutoConfiguration.class,
            HamsterLockAutoConfiguration.class,
            HamsterCacheAutoConfiguration.class,
            HamsterHashAutoConfiguration.class,
            HamsterWebAutoConfiguration.class);

    private final WebApplicationContextRunner bare = new WebApplicationContextRunner()
            .withConfiguration(HAMSTER)
            .withConfiguration(AutoConfigurations.of(
                    JacksonAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class))
            .withPropertyValues("hamster.test.manual-time=true")
            .withBean(RealFailures.class)
            .withBean(Shop.class);
    private final WebApplicationContextRunner runner =
            bare.withPropertyValues("hamster.web.problem-details.enabled=true");

    private static MvcTestResult get(WebApplicationContext context, String way) {
        return MockMvcTester.from(context).get().uri("/" + way).exchange();
    }

    @ParameterizedTest
    @CsvSource({
        "invalid-key, 400, invalid-input",
        "invalid-cache-key, 400, invalid-input",
        "not-held, 400, lock-not-held",
        "not-found, 404, not-found",
        "busy, 409, lock-not-acquired",
        "expired, 410, lock-expired",
        "no-peers, 503, no-peers",
        "journal, 503, unavailable",
    })
    void answersWithAStatusAndATypeOfItsOwnAndWithoutKeys(String way, int status, String type) {
        runner.run(context -> {
            MvcTestResult answer = get(context, way);

            assertThat(answer).hasStatus(status).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
            assertThat(new JsonMapper()
                            .readValue(
                                    answer.getResponse().getContentAsString(),
                                    new TypeReference<Map<String, Object>>() {}))
                    .containsEntry("type", "urn:hamster:problem:" + type)
                    .containsEntry("status", status)
                    .containsEntry("instance", "/" + way)
                    .containsKeys("title", "detail")
                    .hasSize(5);
            assertThat(answer).bodyText().doesNotContain("4711", "customer", "xxx");
        });
    }

    @Test
    void tellsWhenItIsWorthTryingAgainWhereThatIsKnown() {
        runner.withBean(LockStore.class, HamsterProblemTests::away).run(context -> {
            assertThat(get(context, "away")).hasStatus(503).doesNotContainHeader(HttpHeaders.RETRY_AFTER);
            for (int i = 0; i < 5; i++) {
                assertThat(get(context, "away")).hasStatus(503);
            }

            MvcTestResult answer = get(context, "away");

            assertThat(answer).hasStatus(503).bodyText().contains("\"urn:hamster:problem:unavailable\"");
            assertThat(Integer.parseInt(answer.getResponse().getHeader(HttpHeaders.RETRY_AFTER)))
                    .isBetween(1, 31);
        });
    }

    /** Behind the circuit that Redis has. */
    private static LockStore away() {
        LockStore broken = (LockStore) Proxy.newProxyInstance(
                HamsterProblemTests.class.getClassLoader(),
                new Class<?>[] {LockStore.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "listen" -> (LockStore.Registration) () -> {};
                    case "ordersWaiters" -> false;
                    case "close" -> null;
                    default -> CompletableFuture.failedFuture(new IOException("connection refused"));
                });
        return new CircuitLockStore(
                broken, TimeSource.system(), Duration.ofSeconds(1), Duration.ofSeconds(30), e -> false);
    }

    @Test
    void leavesTheApplicationsOwnConflictAlone() {
        runner.withBean(SoldOut.class).run(context -> {
            assertThat(get(context, "sold-out")).hasStatus(409).bodyText().isEqualTo("sold out");
            assertThat(get(context, "busy")).hasStatus(409).bodyText().contains("lock-not-acquired");
        });
    }

    @Test
    void comesAfterTheApplicationsOwnHandlers() {
        runner.withBean(Everything.class)
                .run(context -> assertThat(get(context, "busy"))
                        .hasStatus(HttpStatus.PAYMENT_REQUIRED)
                        .bodyText()
                        .isEqualTo("LockNotAcquiredException"));
    }

    @Test
    void leavesExceptionsOfTheApplicationAloneThatHaveOneOfHamsterAsTheirCause() {
        runner.run(context -> assertThat(get(context, "wrapped"))
                .hasFailed()
                .failure()
                .hasRootCauseInstanceOf(NoPeersAvailableException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class));
    }

    @Test
    void leavesFaultsOfTheProgramAlone() {
        runner.run(context ->
                assertThat(get(context, "nested")).hasFailed().failure().hasCauseInstanceOf(NestedLockException.class));
    }

    @Test
    void leavesFailedLoadsAlone() {
        runner.run(context ->
                assertThat(get(context, "load")).hasFailed().failure().hasCauseInstanceOf(CacheLoadException.class));
    }

    @Test
    void isOnlyThereIfAskedForAndInAWebApplication() {
        bare.run(context -> {
            assertThat(context).doesNotHaveBean(HamsterProblemAdvice.class);
            assertThat(get(context, "busy")).hasFailed();
        });
        new WebApplicationContextRunner()
                .withConfiguration(HAMSTER)
                .withPropertyValues("hamster.enabled=false", "hamster.web.problem-details.enabled=true")
                .run(context -> assertThat(context).doesNotHaveBean(HamsterProblemAdvice.class));
        ApplicationContextRunner noWeb = new ApplicationContextRunner()
                .withConfiguration(HAMSTER)
                .withPropertyValues("hamster.web.problem-details.enabled=true");
        noWeb.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HamsterProblemAdvice.class));
        noWeb.withClassLoader(new FilteredClassLoader("org.springframework.web", "org.springframework.http"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("hamsterProblemAdvice"));
    }

    @ControllerAdvice
    static class SoldOut {

        @ExceptionHandler
        ResponseEntity<String> soldOut(SoldOutException e) {
            return ResponseEntity.status(HttpStatus.CONFLICT).body("sold out");
        }
    }

    @ControllerAdvice
    static class Everything {

        @ExceptionHandler
        ResponseEntity<String> anything(Exception e) {
            return ResponseEntity.status(HttpStatus.PAYMENT_REQUIRED)
                    .body(e.getClass().getSimpleName());
        }
    }
}
