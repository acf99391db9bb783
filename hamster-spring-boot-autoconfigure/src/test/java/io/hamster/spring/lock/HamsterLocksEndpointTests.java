package io.hamster.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.Keys;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockUnavailableException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

class HamsterLocksEndpointTests {

    private static final String KEY = "customer:4711";
    private static final String PATH = "/actuator/hamsterlocks";

    private final ApplicationContextRunner runner = LockTestSupport.runner()
            .withConfiguration(AutoConfigurations.of(HamsterLockEndpointAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=hamsterlocks");

    private final WebApplicationContextRunner web = new WebApplicationContextRunner()
            .withUserConfiguration(Web.class)
            .withPropertyValues(
                    "hamster.test.manual-time=true", "management.endpoints.web.exposure.include=hamsterlocks");

    private final WebApplicationContextRunner writable =
            web.withPropertyValues("management.endpoint.hamsterlocks.access=UNRESTRICTED");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Web {}

    private static MockMvcTester http(WebApplicationContext context) {
        return MockMvcTester.from(context);
    }

    private static LockHandle held(WebApplicationContext context, String key) {
        return context.getBean(LockClient.class).lockAsync(LockRequest.of(key)).join();
    }

    @Test
    void listsWhatIsHeldWithoutShowingKeysOrTokens() {
        web.run(context -> {
            LockHandle lock = held(context, KEY);
            CompletableFuture<LockHandle> waiting =
                    context.getBean(LockClient.class).lockAsync(LockRequest.of(KEY));

            assertThat(http(context).get().uri(PATH))
                    .hasStatusOk()
                    .bodyJson()
                    .hasPathSatisfying("$.store", store -> assertThat(store).isEqualTo("memory"))
                    .hasPathSatisfying("$.scope", scope -> assertThat(scope).isEqualTo("this JVM only"))
                    .hasPathSatisfying("$.more", more -> assertThat(more).isEqualTo(false))
                    .hasPathSatisfying(
                            "$.locks.length()", count -> assertThat(count).isEqualTo(1))
                    .hasPathSatisfying("$.locks[0].key", key -> assertThat(key).isEqualTo(Keys.shortened(KEY)))
                    .hasPathSatisfying(
                            "$.locks[0].fence",
                            fence -> assertThat(fence).asNumber().isEqualTo(lock.fence()))
                    .hasPathSatisfying(
                            "$.locks[0].acquiredAt",
                            at -> assertThat(at).asString().endsWith("Z"))
                    .hasPathSatisfying(
                            "$.locks[0].heldFor", held -> assertThat(held).isEqualTo("PT0S"))
                    .hasPathSatisfying(
                            "$.locks[0].localWaiters",
                            count -> assertThat(count).isEqualTo(1));
            assertThat(http(context).get().uri(PATH).exchange().getResponse().getContentAsString())
                    .doesNotContain(KEY)
                    .doesNotContain(lock.token());
            waiting.cancel(false);
        });
    }

    @Test
    void showsKeysWhereTheApplicationWantsIt() {
        web.withPropertyValues("hamster.lock.endpoint.show-keys=true").run(context -> {
            held(context, KEY);

            assertThat(http(context).get().uri(PATH))
                    .bodyJson()
                    .extractingPath("$.locks[0].key")
                    .isEqualTo(KEY);
        });
    }

    @Test
    void isBoundedAndSaysWhenThereAreMore() {
        web.run(context -> {
            for (int i = 0; i <= 100; i++) {
                held(context, "k" + i);
            }

            assertThat(http(context).get().uri(PATH))
                    .bodyJson()
                    .hasPathSatisfying(
                            "$.locks.length()", count -> assertThat(count).isEqualTo(100))
                    .hasPathSatisfying("$.more", more -> assertThat(more).isEqualTo(true));
            assertThat(http(context).get().uri(PATH + "?limit=101"))
                    .bodyJson()
                    .hasPathSatisfying(
                            "$.locks.length()", count -> assertThat(count).isEqualTo(101))
                    .hasPathSatisfying("$.more", more -> assertThat(more).isEqualTo(false));
            assertThat(http(context).get().uri(PATH + "?limit=0")).hasStatus(HttpStatus.BAD_REQUEST);
            assertThat(http(context).get().uri(PATH + "?limit=10001")).hasStatus(HttpStatus.BAD_REQUEST);
        });
    }

    @Test
    void findsOneByItsKeyOrByWhatTheListShows() {
        web.run(context -> {
            held(context, "files/a b");

            assertThat(http(context).get().uri(PATH + "/files/a b"))
                    .hasStatusOk()
                    .bodyJson()
                    .extractingPath("$.key")
                    .isEqualTo(Keys.shortened("files/a b"));
            assertThat(http(context).get().uri(PATH + "/{key}", Keys.shortened(KEY)))
                    .hasStatus(HttpStatus.NOT_FOUND);
            held(context, KEY);
            assertThat(http(context).get().uri(PATH + "/{key}", Keys.shortened(KEY)))
                    .hasStatusOk();
            assertThat(http(context).get().uri(PATH + "/other")).hasStatus(HttpStatus.NOT_FOUND);
        });
    }

    @Test
    void aMalformedKeyIsABadRequest() {
        web.run(context -> {
            assertThat(http(context).get().uri(PATH + "/" + "x".repeat(201))).hasStatus(HttpStatus.BAD_REQUEST);
            assertThat(http(context).get().uri(PATH + "/{key}", "a\u0001b")).hasStatus(HttpStatus.BAD_REQUEST);
        });
    }

    @Test
    void releasesOnlyWhereAccessAllowsIt() {
        web.run(context -> {
            LockHandle lock = held(context, KEY);

            assertThat(http(context).delete().uri(PATH + "/" + KEY)).hasStatus(HttpStatus.METHOD_NOT_ALLOWED);

            assertThat(lock.isValid()).isTrue();
        });
        writable.run(context -> {
            LockHandle lock = held(context, KEY);

            assertThat(http(context).delete().uri(PATH + "/{key}", Keys.shortened(KEY)))
                    .hasStatus(HttpStatus.NO_CONTENT);

            assertThat(lock.isValid()).isFalse();
            assertThat(http(context).delete().uri(PATH + "/" + KEY)).hasStatus(HttpStatus.NOT_FOUND);
        });
    }

    @Test
    void releasesByAnIdWhateverIsInTheKey() {
        String hostile = "../a;b\\c%2e?<img src=x>";
        writable.run(context -> {
            LockHandle lock = held(context, hostile);
            LockHandle other = held(context, LockId.of(hostile));

            assertThat(http(context).get().uri(PATH + "?key={key}", hostile))
                    .bodyJson()
                    .hasPathSatisfying(
                            "$.locks.length()", count -> assertThat(count).isEqualTo(1))
                    .hasPathSatisfying("$.locks[0].id", id -> assertThat(id).isEqualTo(LockId.of(hostile)));
            assertThat(http(context).delete().uri(PATH + "?id={id}", LockId.of(hostile)))
                    .hasStatus(HttpStatus.NO_CONTENT);

            assertThat(lock.isValid()).isFalse();
            assertThat(other.isValid()).as("whose key is the id").isTrue();
            assertThat(http(context).delete().uri(PATH + "?id={id}", LockId.of(hostile)))
                    .hasStatus(HttpStatus.NOT_FOUND);
            assertThat(http(context).delete().uri(PATH)).hasStatus(HttpStatus.BAD_REQUEST);
        });
        web.run(context -> assertThat(http(context).delete().uri(PATH + "?id=0123456789abcdef"))
                .hasStatus(HttpStatus.METHOD_NOT_ALLOWED));
    }

    @Test
    void listsNothingForAKeyThatIsFree() {
        web.run(context -> {
            held(context, KEY);

            assertThat(http(context).get().uri(PATH + "?key=other"))
                    .hasStatusOk()
                    .bodyJson()
                    .extractingPath("$.locks.length()")
                    .isEqualTo(0);
        });
    }

    @Test
    void refusesToChooseBetweenLocksThatLookAlike() {
        // "Aa" and "BB" have one hash code.
        String first = "customer-Aa";
        String second = "customer-BB";
        assertThat(Keys.shortened(first)).isEqualTo(Keys.shortened(second));
        writable.run(context -> {
            LockHandle lock = held(context, first);
            held(context, second);

            assertThat(http(context).delete().uri(PATH + "/{key}", Keys.shortened(first)))
                    .hasStatus(HttpStatus.BAD_REQUEST);

            assertThat(lock.isValid()).isTrue();
            assertThat(http(context).delete().uri(PATH + "/" + first)).hasStatus(HttpStatus.NO_CONTENT);
        });
    }

    @Test
    void saysThatTheStoreIsAway() {
        web.withBean(LockStore.class, HamsterLocksEndpointTests::unreachable).run(context -> {
            assertThat(http(context).get().uri(PATH))
                    .hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
                    .bodyJson()
                    .extractingPath("$.error")
                    .asString()
                    .contains("store didn't answer");
            assertThat(http(context).get().uri(PATH + "/" + KEY)).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
        });
        runner.withBean(LockStore.class, HamsterLocksEndpointTests::unreachable)
                .run(context -> assertThatExceptionOfType(LockUnavailableException.class)
                        .isThrownBy(() ->
                                context.getBean(HamsterLocksEndpoint.class).locks(null, null)));
    }

    private static LockStore unreachable() {
        return (LockStore) Proxy.newProxyInstance(
                LockStore.class.getClassLoader(),
                new Class<?>[] {LockStore.class},
                (proxy, method, arguments) -> answer(method.getReturnType()));
    }

    private static Object answer(Class<?> type) {
        if (type == CompletionStage.class) {
            return CompletableFuture.failedFuture(new IllegalStateException("connection refused"));
        }
        if (type == LockStore.Registration.class) {
            return (LockStore.Registration) () -> {};
        }
        return type == boolean.class ? false : null;
    }

    @Test
    void isThereOnlyWhenExposed() {
        LockTestSupport.runner()
                .withConfiguration(AutoConfigurations.of(HamsterLockEndpointAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HamsterLocksEndpoint.class));
        runner.withPropertyValues("hamster.lock.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HamsterLocksEndpoint.class));
    }

    @Test
    void refusesWithoutHttpToo() {
        runner.run(context -> {
            HamsterLocksEndpoint endpoint = context.getBean(HamsterLocksEndpoint.class);

            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                    .isThrownBy(() -> endpoint.lock(""))
                    .withMessageContaining("Lock key is empty");
            assertThat(endpoint.release("free")).isFalse();
        });
    }
}
