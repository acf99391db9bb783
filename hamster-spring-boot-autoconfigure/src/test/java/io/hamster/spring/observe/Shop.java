package io.hamster.spring.observe;

import io.hamster.annotation.Cached;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cache.CacheClient;
import io.hamster.cache.Tier;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.RemoteCall;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** An instance's beans, which use everything. */
final class Shop {

    private Shop() {}

    @RestController
    static class Orders {

        private final Desk desk;
        private final Prices prices;

        Orders(Desk desk, Prices prices) {
            this.desk = desk;
            this.prices = prices;
        }

        @GetMapping("/orders/{id}")
        String order(@PathVariable("id") String id) {
            return desk.order(id);
        }

        @GetMapping("/later/{id}")
        CompletableFuture<String> later(@PathVariable("id") String id) {
            return prices.later(id);
        }

        @GetMapping("/background/{id}")
        String background(@PathVariable("id") String id) {
            return prices.background(id);
        }
    }

    static class Desk {

        private final Prices prices;

        Desk(Prices prices) {
            this.prices = prices;
        }

        @HamsterLocked(name = "order", key = "#id")
        public String order(String id) {
            return prices.of(id);
        }
    }

    static class Prices {

        private final Cluster cluster;
        private final CacheClient caches;

        Prices(Cluster cluster, CacheClient caches) {
            this.cluster = cluster;
            this.caches = caches;
        }

        @Cached(name = "prices", key = "#id")
        public String of(String id) {
            return cluster.call(RemoteCall.function("quote")
                            .node("b")
                            .argument(id)
                            .returning(String.class)
                            .build())
                    .orElseThrow();
        }

        @Cached(name = "shared", key = "#id", tier = Tier.TWO_LEVEL)
        public CompletableFuture<String> later(String id) {
            return CompletableFuture.completedFuture("later " + id);
        }

        public String background(String id) {
            return caches.<String, String>cache("background")
                    .getAsync(id, key -> "background " + key)
                    .join()
                    .orElseThrow();
        }
    }

    /** What runs at the other instance. */
    static class Quotes {

        private final ObservationRegistry observations;

        Quotes(ObservationRegistry observations) {
            this.observations = observations;
        }

        @RemoteFunction("quote")
        public String quote(String id) {
            return Observation.createNotStarted("calculate", observations).observe(() -> "quote " + id);
        }
    }

    static class Reports {

        @LeaderOnly
        public void report() {}
    }
}
