package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.SharedTier;
import io.hamster.cache.SharedTierStatus;
import io.hamster.cache.Tier;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Applications whose caches share a Redis; each context is an instance. */
@RedisTest
@ExtendWith(OutputCaptureExtension.class)
class RedisCachesTests {

    private static final AtomicInteger NEXT = new AtomicInteger();
    /** The same for all instances. */
    private static final String SHORT_BOUND = "hamster.cache.remote.staleness-bound=1s";

    private final URI address;
    private final Source source = new Source();
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterCacheAutoConfiguration.class,
                    HamsterRedisAutoConfiguration.class,
                    DataRedisAutoConfiguration.class))
            .withPropertyValues("hamster.redis.namespace=caches-" + NEXT.incrementAndGet() + "-" + System.nanoTime());
    private final ApplicationContextRunner instance;

    RedisCachesTests(RedisDeployment redis) {
        address = redis.addresses().get(0);
        instance = at(address.getPort());
    }

    private ApplicationContextRunner at(int port) {
        return local(port)
                .withPropertyValues(
                        "hamster.cache.caches.remote.tier=remote",
                        "hamster.cache.caches.two.tier=two-level",
                        "hamster.cache.remote.command-timeout=20s",
                        "hamster.cache.remote.cool-down=100ms",
                        "hamster.cache.remote.staleness-bound=4s")
                .withBean(Source.class, () -> source)
                .withUserConfiguration(Caching.class)
                .withBean(Products.class)
                .withBean(RemotePlain.class)
                .withBean(TwoLevelPlain.class);
    }

    /** For outages: what isn't answered soon counts as lost. */
    private ApplicationContextRunner hurried(int port) {
        return at(port).withPropertyValues("hamster.cache.remote.command-timeout=500ms", SHORT_BOUND);
    }

    private ApplicationContextRunner local(int port) {
        return bare.withPropertyValues("spring.data.redis.host=" + address.getHost(), "spring.data.redis.port=" + port);
    }

    private static HamsterCache<Long, Product> cache(AssertableApplicationContext context, String name) {
        return context.getBean(CacheClient.class).cache(name);
    }

    private static Health health(AssertableApplicationContext context) {
        return context.getBean(HamsterHealthPart.class).indicator().health();
    }

    private static SharedTierStatus status(AssertableApplicationContext context) {
        return context.getBean(CacheClient.class).sharedTier().orElseThrow();
    }

    private static void awaitTrust(AssertableApplicationContext... contexts) {
        for (AssertableApplicationContext context : contexts) {
            await().until(() -> status(context).storeAvailable()
                    && status(context).news().orElseThrow().trusted());
        }
    }

    @Test
    void instancesSeeEachOthersChanges() {
        instance.run(one -> instance.run(two -> {
            awaitTrust(one, two);
            Products ours = one.getBean(Products.class);
            Products theirs = two.getBean(Products.class);

            assertThat(ours.find(1)).isEqualTo(new Product(1, "loaded 1"));
            assertThat(theirs.find(1)).isEqualTo(new Product(1, "loaded 1"));
            assertThat(source.loads).as("the second found it in Redis").hasValue(1);

            ours.save(new Product(1, "saved"));
            await().untilAsserted(() -> assertThat(theirs.find(1).name()).isEqualTo("saved"));
            theirs.drop(1);
            await().untilAsserted(() -> assertThat(ours.find(1).name()).isEqualTo("loaded 1"));
            assertThat(ours.findLater(1).join()).isEqualTo(theirs.findMono(1).block());
            assertThat(source.loads).hasValue(2);
            ours.saveMono(new Product(1, "by mono")).block();
            await().untilAsserted(() -> assertThat(theirs.find(1).name()).isEqualTo("by mono"));
        }));
    }

    @Test
    void saysFarewellWhenItStops() {
        instance.run(one -> {
            instance.run(two -> {
                awaitTrust(one, two);
                await().until(() -> status(one).news().orElseThrow().others() == 1);
            });
            assertThat(one.getBean(Products.class).find(1)).isNotNull();
            await().until(() -> status(one).news().orElseThrow().others() == 0);
            assertThat(cache(one, "products").stats().size())
                    .as("nothing had to be dropped")
                    .isEqualTo(1);
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {RemotePlain.class, TwoLevelPlain.class})
    void springsAnnotationsShareCachesToo(Class<? extends Plain> type) {
        instance.run(one -> instance.run(two -> {
            awaitTrust(one, two);
            Plain ours = one.getBean(type);
            Plain theirs = two.getBean(type);

            assertThat(ours.find(1)).isEqualTo(theirs.find(1));
            assertThat(source.loads).hasValue(1);
            assertThat(ours.findLater(2).join()).isEqualTo(new Product(2, "loaded 2"));
            await().untilAsserted(
                            () -> assertThat(theirs.findLater(2).join().name()).isEqualTo("loaded 2"));
            assertThat(ours.findMono(3).block()).isEqualTo(new Product(3, "loaded 3"));
            await().untilAsserted(() -> {
                int before = source.loads.get();
                assertThat(theirs.findMono(3).block()).isEqualTo(new Product(3, "loaded 3"));
                assertThat(source.loads).hasValue(before);
            });

            ours.save(new Product(1, "saved"));
            await().untilAsserted(() -> assertThat(theirs.find(1).name()).isEqualTo("saved"));
            theirs.saveMono(new Product(1, "saved twice")).block();
            await().untilAsserted(() -> assertThat(ours.find(1).name()).isEqualTo("saved twice"));
            ours.drop(1);
            await().untilAsserted(() -> assertThat(theirs.find(1).name()).isEqualTo("loaded 1"));
            ours.save(new Product(1, "saved again"));
            theirs.dropAll();
            await().untilAsserted(() -> assertThat(ours.find(1).name()).isEqualTo("loaded 1"));
        }));
    }

    @Test
    @Timeout(60)
    void goesOnWithoutRedisAndConverges(CapturedOutput output) {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            instance.withPropertyValues(SHORT_BOUND)
                    .run(other -> hurried(proxy.port()).run(context -> {
                        awaitTrust(other, context);
                        Products products = context.getBean(Products.class);
                        products.find(1);
                        products.find(2);
                        other.getBean(Products.class).find(1);
                        await().untilAsserted(() ->
                                assertThat(health(context).getStatus()).isEqualTo(Status.UP));

                        proxy.refuse(true);

                        assertThat(products.find(1).name()).isEqualTo("loaded 1");
                        assertThat(products.find(7).name()).isEqualTo("loaded 7");
                        products.save(new Product(1, "saved while away"));
                        await().untilAsserted(() ->
                                assertThat(health(context).getStatus()).isEqualTo(HamsterHealthPart.DEGRADED));
                        assertThat(health(context).getDetails())
                                .containsEntry("store", "local and redis")
                                .hasEntrySatisfying(
                                        "scope",
                                        scope -> assertThat(scope)
                                                .asString()
                                                .startsWith("all instances with the namespace '"))
                                .containsKey("degradedSince");
                        assertThat(products.find(1).name())
                                .as("what was cached isn't trusted")
                                .isEqualTo("loaded 1");
                        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                                .isThrownBy(() -> cache(context, "products").invalidate(2L));
                        assertThat(status(context).pendingChanges()).isPositive();
                        source.names.put(1L, "changed meanwhile");

                        proxy.refuse(false);

                        await().atMost(Duration.ofSeconds(30))
                                .untilAsserted(() ->
                                        assertThat(health(context).getStatus()).isEqualTo(Status.UP));
                        await().untilAsserted(() -> {
                            assertThat(products.find(1).name()).isEqualTo("changed meanwhile");
                            assertThat(other.getBean(Products.class).find(1).name())
                                    .isEqualTo("changed meanwhile");
                        });
                    }));
        }
        assertThat(output).doesNotContain("saved while away").containsOnlyOnce("didn't confirm");
    }

    @Test
    void startsWhileRedisIsDown() {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            proxy.refuse(true);
            hurried(proxy.port()).run(context -> {
                assertThat(context).hasNotFailed();
                Products products = context.getBean(Products.class);
                assertThat(products.find(1).name()).isEqualTo("loaded 1");
                assertThat(health(context).getStatus()).isEqualTo(HamsterHealthPart.DEGRADED);

                proxy.refuse(false);

                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    products.find(1);
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                });
                AtomicInteger id = new AtomicInteger(4);
                // Another one each time: what came too late isn't in Redis.
                instance.run(other -> await().untilAsserted(() -> {
                    products.find(id.incrementAndGet());
                    int before = source.loads.get();
                    other.getBean(Products.class).find(id.get());
                    assertThat(source.loads).hasValue(before);
                }));
            });
        }
    }

    @Test
    void connectsToNothingForLocalCaches(CapturedOutput output) {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            proxy.refuse(true);
            local(proxy.port()).run(context -> {
                cache(context, "local").put(1L, new Product(1, "p"));
                assertThat(cache(context, "local").get(1L)).isPresent();
                assertThat(context.getBean(HamsterFeature.class)).isEqualTo(new HamsterFeature("caches", "local"));
                assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                assertThat(context.getBean(RedisCaches.class).isConnecting()).isFalse();
            });
        }
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void saysWhereCachesAre() {
        instance.run(context -> assertThat(context.getBean(HamsterFeature.class))
                .isEqualTo(new HamsterFeature("caches", "local and in redis")));
    }

    @Test
    void backsOffWhenUserProvidesSharedTier() {
        instance.run(context -> local(address.getPort())
                .withBean(SharedTier.class, () -> context.getBean(SharedTier.class))
                .run(other -> assertThat(other).hasNotFailed().doesNotHaveBean(RedisCaches.class)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hamster.enabled=false", "hamster.cache.enabled=false", "hamster.cache.remote.enabled=false"})
    void backsOffWhenDisabled(String property) {
        local(address.getPort())
                .withPropertyValues(property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisCaches.class));
    }

    @Test
    void followsAContextThatIsStoppedAndStarted() {
        instance.run(context -> {
            Products products = context.getBean(Products.class);
            products.find(1);
            AbstractApplicationContext application = (AbstractApplicationContext) context.getSourceApplicationContext();

            application.stop();
            application.start();

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                products.find(2);
                assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            });
            instance.run(other -> {
                awaitTrust(other);
                products.save(new Product(1, "after the restart"));
                assertThat(other.getBean(Products.class).find(1).name()).isEqualTo("after the restart");
            });
        });
    }

    @Test
    void leavesNeitherThreadsNorConnectionsBehindAfter20Starts() {
        LettuceConnectionFactory factory = RedisFixture.factory(address);
        factory.afterPropertiesSet();
        factory.start();
        try (RedisConnection redis = factory.getConnection()) {
            Set<Thread> threads = Remains.threads();
            Set<String> connections = Remains.connections(redis);

            for (int i = 0; i < 20; i++) {
                instance.run(context -> {
                    assertThat(context.getBean(Products.class).find(1).id()).isEqualTo(1);
                    await().untilAsserted(() ->
                            assertThat(Remains.connections(redis)).anyMatch(id -> !connections.contains(id)));
                });
            }

            await().untilAsserted(() -> assertThat(Remains.threads()).isSubsetOf(threads));
            await().untilAsserted(
                            () -> assertThat(Remains.connections(redis)).hasSizeLessThanOrEqualTo(connections.size()));
        } finally {
            factory.destroy();
        }
    }

    record Product(long id, String name) {}

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    static class Source {

        final AtomicInteger loads = new AtomicInteger();
        final Map<Long, String> names = new ConcurrentHashMap<>();

        Product load(long id) {
            loads.incrementAndGet();
            return new Product(id, names.getOrDefault(id, "loaded " + id));
        }
    }

    static class Products {

        private final Source source;

        Products(Source source) {
            this.source = source;
        }

        @Cached(name = "products", key = "#id", tier = Tier.TWO_LEVEL)
        public Product find(long id) {
            return source.load(id);
        }

        @Cached(name = "products", key = "#id")
        public CompletableFuture<Product> findLater(long id) {
            return CompletableFuture.supplyAsync(() -> source.load(id));
        }

        @Cached(name = "products", key = "#id")
        public Mono<Product> findMono(long id) {
            return Mono.fromSupplier(() -> source.load(id)).publishOn(Schedulers.parallel());
        }

        @CacheUpdate(name = "products", key = "#product.id")
        public Product save(Product product) {
            return product;
        }

        @CacheUpdate(name = "products", key = "#product.id")
        public Mono<Product> saveMono(Product product) {
            return Mono.just(product).publishOn(Schedulers.parallel());
        }

        @CacheInvalidate(name = "products", key = "#id")
        public void drop(long id) {}
    }

    interface Plain {

        Product find(long id);

        CompletableFuture<Product> findLater(long id);

        Mono<Product> findMono(long id);

        Product save(Product product);

        Mono<Product> saveMono(Product product);

        void drop(long id);

        void dropAll();
    }

    static class RemotePlain implements Plain {

        private final Source source;

        RemotePlain(Source source) {
            this.source = source;
        }

        @Override
        @Cacheable("remote")
        public Product find(long id) {
            return source.load(id);
        }

        @Override
        @Cacheable("remote")
        public CompletableFuture<Product> findLater(long id) {
            return CompletableFuture.supplyAsync(() -> source.load(id));
        }

        @Override
        @Cacheable("remote")
        public Mono<Product> findMono(long id) {
            return Mono.fromSupplier(() -> source.load(id)).publishOn(Schedulers.parallel());
        }

        @Override
        @CachePut(cacheNames = "remote", key = "#p0.id")
        public Product save(Product product) {
            return product;
        }

        @Override
        @CachePut(cacheNames = "remote", key = "#p0.id")
        public Mono<Product> saveMono(Product product) {
            return Mono.just(product).publishOn(Schedulers.parallel());
        }

        @Override
        @CacheEvict("remote")
        public void drop(long id) {}

        @Override
        @CacheEvict(cacheNames = "remote", allEntries = true)
        public void dropAll() {}
    }

    static class TwoLevelPlain implements Plain {

        private final Source source;

        TwoLevelPlain(Source source) {
            this.source = source;
        }

        @Override
        @Cacheable("two")
        public Product find(long id) {
            return source.load(id);
        }

        @Override
        @Cacheable(cacheNames = "two", sync = true)
        public CompletableFuture<Product> findLater(long id) {
            return CompletableFuture.supplyAsync(() -> source.load(id));
        }

        @Override
        @Cacheable(cacheNames = "two", sync = true)
        public Mono<Product> findMono(long id) {
            return Mono.fromSupplier(() -> source.load(id)).publishOn(Schedulers.parallel());
        }

        @Override
        @CachePut(cacheNames = "two", key = "#p0.id")
        public Product save(Product product) {
            return product;
        }

        @Override
        @CachePut(cacheNames = "two", key = "#p0.id")
        public Mono<Product> saveMono(Product product) {
            return Mono.just(product).publishOn(Schedulers.parallel());
        }

        @Override
        @CacheEvict("two")
        public void drop(long id) {}

        @Override
        @CacheEvict(cacheNames = "two", allEntries = true)
        public void dropAll() {}
    }
}
