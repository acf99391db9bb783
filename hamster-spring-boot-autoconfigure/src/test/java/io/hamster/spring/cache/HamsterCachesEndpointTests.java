package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.store.CacheStoreUnavailableException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

class HamsterCachesEndpointTests {

    private static final String PATH = "/actuator/hamstercaches";
    private static final String FLUSH = "{\"action\":\"flush\"}";

    private final WebApplicationContextRunner web = new WebApplicationContextRunner()
            .withUserConfiguration(Web.class)
            .withPropertyValues(
                    "hamster.test.manual-time=true", "management.endpoints.web.exposure.include=hamstercaches");

    private final WebApplicationContextRunner writable =
            web.withPropertyValues("management.endpoint.hamstercaches.access=UNRESTRICTED");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Web {}

    private static MockMvcTester http(WebApplicationContext context) {
        return MockMvcTester.from(context);
    }

    private static HamsterCache<String, String> cache(WebApplicationContext context, String name) {
        return context.getBean(CacheClient.class).cache(name);
    }

    @Test
    void listsCachesWithWhatTheyDidAndShowsNeitherKeysNorValues() {
        web.withPropertyValues(
                        "hamster.cache.caches.users.ttl=10m",
                        "hamster.cache.caches.users.max-size=7",
                        "hamster.cache.caches.users.stale-on-error=1h",
                        "hamster.cache.caches.users.refresh-ahead=0.8",
                        "hamster.cache.caches.books.refresh-interval=1m")
                .run(context -> {
                    HamsterCache<String, String> users = cache(context, "users");
                    users.put("secret-key", "secret-value");
                    users.get("secret-key");
                    users.get("other-key");
                    cache(context, "books");

                    assertThat(http(context).get().uri(PATH))
                            .hasStatusOk()
                            .bodyJson()
                            .isLenientlyEqualTo("""
                                    {"caches": [
                                      {
                                        "name": "books", "tier": "LOCAL", "hitRate": 0.0,
                                        "policy": {"refreshAhead": null, "refreshInterval": "PT1M"}
                                      },
                                      {
                                        "name": "users",
                                        "hitRate": 0.5,
                                        "stats": {"hits": 1, "misses": 1, "sets": 1, "size": 1, "loadTime": "PT0S"},
                                        "policy": {
                                          "ttl": "PT10M", "nullTtl": "PT0S", "maxSize": 7, "eviction": "W_TINY_LFU",
                                          "staleOnError": "PT1H", "refreshAhead": 0.8,
                                          "readThrough": false, "writeThrough": false, "bloom": false,
                                          "localTtl": "PT0S", "loadScope": "JVM", "version": ""
                                        }
                                      }
                                    ]}""");
                    assertThat(http(context)
                                    .get()
                                    .uri(PATH)
                                    .exchange()
                                    .getResponse()
                                    .getContentAsString())
                            .doesNotContain("secret")
                            .doesNotContain("other-key");
                });
    }

    @Test
    void describesOneByItsNameWhateverIsInIt() {
        web.run(context -> {
            cache(context, "users");
            cache(context, "eu/users of today");

            assertThat(http(context).get().uri(PATH + "/users"))
                    .hasStatusOk()
                    .bodyJson()
                    .extractingPath("$.name")
                    .isEqualTo("users");
            assertThat(http(context).get().uri(PATH + "/eu/users of today"))
                    .hasStatusOk()
                    .bodyJson()
                    .extractingPath("$.name")
                    .isEqualTo("eu/users of today");
        });
    }

    @Test
    void doesNotMakeACacheByAskingForIt() {
        writable.run(context -> {
            assertThat(http(context).get().uri(PATH + "/users")).hasStatus(HttpStatus.NOT_FOUND);
            assertThat(http(context).delete().uri(PATH + "/users")).hasStatus(HttpStatus.NOT_FOUND);
            assertThat(post(context, "users", FLUSH)).isEqualTo(HttpStatus.NOT_FOUND.value());
            assertThat(http(context).get().uri(PATH + "/" + "x".repeat(300))).hasStatus(HttpStatus.NOT_FOUND);

            assertThat(context.getBean(CacheClient.class).names()).isEmpty();
        });
    }

    @Test
    void onlyReadsUnlessAccessAllowsMore() {
        web.run(context -> {
            cache(context, "users").put("k", "v");

            assertThat(http(context).delete().uri(PATH + "/users")).hasStatus(HttpStatus.METHOD_NOT_ALLOWED);
            assertThat(post(context, "users", FLUSH)).isEqualTo(HttpStatus.METHOD_NOT_ALLOWED.value());

            assertThat(cache(context, "users").get("k")).contains("v");
        });
    }

    @Test
    void clearsACache() {
        writable.run(context -> {
            cache(context, "users").put("k", "v");
            cache(context, "books").put("k", "v");

            assertThat(http(context).delete().uri(PATH + "/users")).hasStatus(HttpStatus.NO_CONTENT);

            assertThat(cache(context, "users").get("k")).isEmpty();
            assertThat(cache(context, "books").get("k")).contains("v");
        });
    }

    @Test
    void flushesACache() {
        List<String> called = new ArrayList<>();
        writable.withBean(CacheClient.class, () -> clientOf((proxy, method, arguments) -> called.add(method.getName())))
                .run(context -> {
                    assertThat(post(context, "users", FLUSH)).isEqualTo(HttpStatus.NO_CONTENT.value());

                    assertThat(called).containsExactly("flush");
                });
    }

    @Test
    void refusesToDoWhatItDoesNotKnow() {
        writable.run(context -> {
            cache(context, "users");

            assertThat(post(context, "users", "{\"action\":\"explode\"}")).isEqualTo(HttpStatus.BAD_REQUEST.value());
            assertThat(post(context, "users", "{}")).isEqualTo(HttpStatus.BAD_REQUEST.value());
        });
    }

    @Test
    void saysThatTheStoreIsAway() {
        writable.withBean(
                        CacheClient.class,
                        () -> clientOf((proxy, method, arguments) -> {
                            throw new CacheStoreUnavailableException("Cache 'users' couldn't be reached", null);
                        }))
                .run(context -> assertThat(http(context).delete().uri(PATH + "/users"))
                        .hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
                        .bodyJson()
                        .extractingPath("$.error")
                        .isEqualTo("Cache 'users' couldn't be reached"));
    }

    @Test
    void isThereOnlyWhenExposed() {
        ApplicationContextRunner runner = CacheTestContexts.runner()
                .withConfiguration(AutoConfigurations.of(HamsterCacheEndpointAutoConfiguration.class));
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HamsterCachesEndpoint.class));
        ApplicationContextRunner exposed =
                runner.withPropertyValues("management.endpoints.web.exposure.include=hamstercaches");
        exposed.run(context -> assertThat(context).hasSingleBean(HamsterCachesEndpoint.class));
        exposed.withPropertyValues("hamster.cache.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HamsterCachesEndpoint.class));
    }

    private static int post(WebApplicationContext context, String name, String body) {
        return http(context)
                .post()
                .uri(PATH + "/" + name)
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange()
                .getResponse()
                .getStatus();
    }

    /** A client of one cache, {@code users}, that does what it is told here. */
    private static CacheClient clientOf(InvocationHandler users) {
        HamsterCache<?, ?> cache = proxy(HamsterCache.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "name":
                    return "users";
                case "policy":
                    return CachePolicy.defaults();
                default:
                    users.invoke(proxy, method, arguments);
                    return null;
            }
        });
        return proxy(CacheClient.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "names" -> Set.of("users");
            case "cache" -> cache;
            default -> null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }
}
