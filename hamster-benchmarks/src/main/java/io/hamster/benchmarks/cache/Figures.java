package io.hamster.benchmarks.cache;

import io.hamster.benchmarks.report.Percentiles;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import java.util.Locale;

/** A cache in memory, beside what the Go library that Hamster takes its names from says of its own. */
final class Figures {

    private static final int CALLS = 500_000;

    private Figures() {}

    static String report(boolean quick) throws Exception {
        int calls = quick ? CALLS / 10 : CALLS;
        Zipf<String> keys = new Zipf<>(id -> "product:" + id);
        Reader reader = new Reader();
        try (CacheClient client = CacheClient.builder().build()) {
            HamsterCache<String, String> cache = client.cache(
                    "figures", CachePolicy.builder().maxSize(2 * Zipf.KEYS).build());
            Percentiles put = Percentiles.of(
                    calls,
                    () -> keys.next(reader),
                    key -> {
                        cache.put(key, key);
                        return key;
                    },
                    key -> key);
            for (int id = 0; id < Zipf.KEYS; id++) {
                cache.put("product:" + id, "there");
            }
            Percentiles get = Percentiles.of(calls, () -> keys.next(reader), cache::get, found -> found);
            Percentiles invalidate = Percentiles.of(
                    calls,
                    () -> {
                        String key = keys.next(reader);
                        cache.put(key, key);
                        return key;
                    },
                    cache::invalidate,
                    was -> was);
            return String.format(Locale.ROOT, """
                    One thread, W-TinyLFU, 10 000 keys. The Go library's figures are from its documentation (8 cores), not
                    measured here.

                    | what | Hamster | 99th percentile | Go library | 99th percentile |
                    |---|---|---|---|---|
                    | get | %s | 2,000,000/s | 0.1 ms |
                    | put | %s | 1,000,000/s | 0.2 ms |
                    | invalidate | %s | 1,500,000/s | 0.1 ms |
                    """, get.cells(), put.cells(), invalidate.cells());
        }
    }
}
