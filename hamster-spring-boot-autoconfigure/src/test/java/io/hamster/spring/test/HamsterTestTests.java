package io.hamster.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.RemoteCall;
import io.hamster.hash.PeerPicker;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;

/** As a user writes it: the application is configured for production, for servers that nobody started. */
@SpringBootTest
@HamsterTest
class HamsterTestTests {

    @Autowired
    private ManualTime time;

    @Autowired
    private Stock stock;

    @Autowired
    private LockClient locks;

    @Autowired
    private LockStore store;

    @Autowired
    private CacheClient caches;

    @Autowired
    private Cluster cluster;

    @Autowired
    private Written written;

    @Autowired
    private PeerPicker picker;

    @Test
    void leasesEndWhenTheTestSaysSo() {
        assertThat(store).isInstanceOf(MemoryLockStore.class);
        LockHandle lock = locks.lock(LockRequest.builder("nightly")
                .expiration(Duration.ofMinutes(5))
                .autoRefresh(false)
                .build());
        time.advance(Duration.ofMinutes(4));
        assertThat(locks.status("nightly")).isPresent();
        time.advance(Duration.ofMinutes(1));

        assertThat(lock.isValid()).isFalse();
        assertThat(locks.status("nightly")).isEmpty();
    }

    @Test
    void lockedMethodsAreLocked() {
        assertThat(stock.take("lamp")).isTrue();
        assertThat(locks.status("take:lamp")).isEmpty();
    }

    @Test
    void cachedValuesExpireWhenTheTestSaysSo() {
        int first = stock.describe("lamp");
        time.advance(Duration.ofMinutes(9));
        assertThat(stock.describe("lamp")).isEqualTo(first);
        time.advance(Duration.ofMinutes(1));

        assertThat(stock.describe("lamp")).isEqualTo(first + 1);
        assertThat(caches.sharedTier()).isEmpty();
    }

    @Test
    void writesWaitUntilTheTestSaysSoAndTouchNoDisk() {
        HamsterCache<String, Long> counts = caches.cache("counts");
        counts.put("lamp", 3L);
        assertThat(written.counts).isEmpty();
        time.advance(Duration.ofMinutes(5));

        counts.flush();
        assertThat(written.counts).containsEntry("lamp", 3L);
        assertThat(Path.of("target", "no-such-journals")).doesNotExist();
    }

    @Test
    void leadsAClusterOfOne() {
        assertThat(cluster.isLeader()).isTrue();
        assertThat(stock.report()).contains("reported");
        assertThat(cluster.call(RemoteCall.function("stock")
                        .node(cluster.self().name())
                        .argument("lamp")
                        .returning(Integer.class)
                        .build()))
                .contains(3);
    }

    @Test
    void asksNoPeerHowItIs() {
        time.advance(Duration.ofHours(1));

        assertThat(picker.alivePeerCount()).isEqualTo(1);
    }

    static class Stock {

        private final AtomicInteger loads = new AtomicInteger();
        private final LockClient locks;

        Stock(LockClient locks) {
            this.locks = locks;
        }

        @HamsterLocked(name = "take", key = "#item")
        public boolean take(String item) {
            return locks.status("take:" + item).isPresent();
        }

        @Cached(name = "items", key = "#item")
        public int describe(String item) {
            return loads.incrementAndGet();
        }

        @LeaderOnly
        public Optional<String> report() {
            return Optional.of("reported");
        }

        @RemoteFunction("stock")
        public int stock(String item) {
            return 3;
        }
    }

    static class Written implements WriteBackWriter<String, Long> {

        private final Map<String, Long> counts = new ConcurrentHashMap<>();

        @Override
        public Map<WriteBackEntry<String, Long>, Exception> write(List<WriteBackEntry<String, Long>> batch) {
            batch.forEach(entry -> counts.put(entry.key(), entry.value().orElseThrow()));
            return Map.of();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    @PropertySource("classpath:io/hamster/spring/test/production.properties")
    static class Application {

        @Bean
        Stock stock(LockClient locks) {
            return new Stock(locks);
        }

        @Bean
        @ForCache("counts")
        Written written() {
            return new Written();
        }
    }
}
