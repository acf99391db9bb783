package io.hamster.benchmarks.bloom;

import io.hamster.cache.bloom.BloomFilter;
import io.hamster.cache.bloom.BloomFilterConfig;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/** The rate at the number of keys the filters were made for. The keys are fixed, so nothing depends on the machine. */
final class FalsePositives {

    private FalsePositives() {}

    static String report(boolean quick) {
        int asked = quick ? 200_000 : 5_000_000;
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%d keys at 1 %%, %d absent ones asked for; at most 1.05 %% is asked of Hamster.%n%n"
                        + "| keys | Hamster | Guava |%n|---|---|---|%n",
                Keys.COUNT,
                asked));
        for (String kind : new String[] {"longs", "texts"}) {
            Keys keys = new Keys(kind);
            BloomFilter<Object> hamster = BloomFilter.create(new BloomFilterConfig(Keys.COUNT, Keys.FPP));
            com.google.common.hash.BloomFilter<Object> guava = keys.guava();
            LongStream.range(0, Keys.COUNT).mapToObj(keys::key).forEach(key -> {
                hamster.add(key);
                guava.put(key);
            });
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.3f %% | %.3f %% |%n",
                    kind,
                    percent(keys, asked, hamster::mightContain),
                    percent(keys, asked, guava::mightContain)));
        }
        return table.toString();
    }

    private static double percent(Keys keys, int asked, Predicate<Object> mightContain) {
        return 100.0
                * LongStream.range(Keys.COUNT, Keys.COUNT + asked)
                        .mapToObj(keys::key)
                        .filter(mightContain)
                        .count()
                / asked;
    }
}
