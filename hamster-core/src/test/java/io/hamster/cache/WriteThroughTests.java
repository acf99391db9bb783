package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriteThroughTests extends CacheTestBase {

    /** A source that fails when told to. */
    private static class Source implements CacheWriter<String, String> {

        final Map<String, String> values = new ConcurrentHashMap<>();
        final List<String> calls = new ArrayList<>();
        Exception failure;

        @Override
        public void write(String key, String value) throws Exception {
            calls.add("write " + key);
            if (failure != null) {
                throw failure;
            }
            values.put(key, value);
        }

        @Override
        public void delete(String key) throws Exception {
            calls.add("delete " + key);
            if (failure != null) {
                throw failure;
            }
            values.remove(key);
        }

        @Override
        public void writeAll(Map<? extends String, ? extends String> batch) throws Exception {
            calls.add("batch of " + batch.size());
            if (failure != null && calls.size() > 1) {
                throw failure;
            }
            values.putAll(batch);
        }
    }

    private final Source source = new Source();

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().writeThrough(source);
    }

    @Test
    void writesFirst() {
        HamsterCache<String, String> cache = cache();

        cache.put("k", "v");
        assertThat(source.values).containsEntry("k", "v");
        assertThat(cache.get("k")).contains("v");
        assertThat(cache.putIfAbsent("k", "other")).contains("v");
        assertThat(cache.putIfAbsent("l", "L")).isEmpty();
        assertThat(source.values).containsEntry("k", "v").containsEntry("l", "L");
        assertThat(cache.loadAndDelete("k")).contains("v");
        assertThat(source.values).doesNotContainKey("k");
        assertThat(source.calls).containsExactly("write k", "write l", "delete k");
    }

    @Test
    void invalidationsDontReachTheSource() {
        HamsterCache<String, String> cache = cache();
        cache.put("k", "v");

        cache.invalidate("k");
        cache.clear();

        assertThat(source.values).containsEntry("k", "v");
    }

    @Test
    void aFailureLeavesTheCacheAsItWas() {
        HamsterCache<String, String> cache = cache();
        cache.put("k", "old");
        source.failure = new IOException("down");

        assertThatExceptionOfType(CacheWriteException.class)
                .isThrownBy(() -> cache.put("k", "new"))
                .withCause(source.failure);
        assertThatExceptionOfType(CacheWriteException.class).isThrownBy(() -> cache.loadAndDelete("k"));
        assertThatExceptionOfType(CacheWriteException.class).isThrownBy(() -> cache.putIfAbsent("l", "L"));
        source.failure = new IllegalStateException("down");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> cache.put("k", "new"))
                .isSameAs(source.failure);

        assertThat(cache.get("k")).contains("old");
        assertThat(cache.get("l")).isEmpty();
        assertThat(cache.stats().sets()).isEqualTo(1);
        assertThat(cache.stats().deletes()).isZero();
    }

    @Test
    void writesManyInBatches() {
        HamsterCache<String, String> cache = cache();
        Map<String, String> values = new LinkedHashMap<>();
        IntStream.range(0, 250).forEach(i -> values.put("k" + i, "v" + i));

        cache.putAll(values);

        assertThat(source.calls).containsExactly("batch of 100", "batch of 100", "batch of 50");
        assertThat(source.values).isEqualTo(values);
        assertThat(cache.stats().size()).isEqualTo(250);
        cache.putAll(Map.of());
        assertThat(source.calls).hasSize(3);
    }

    @Test
    void aFailedBatchIsNotCached() {
        HamsterCache<String, String> cache = cache();
        source.failure = new IOException("down from the second batch on");
        Map<String, String> values = new LinkedHashMap<>();
        IntStream.range(0, 250).forEach(i -> values.put("k" + i, "v" + i));

        assertThatExceptionOfType(CacheWriteException.class).isThrownBy(() -> cache.putAll(values));

        assertThat(cache.stats().size()).isEqualTo(100);
        assertThat(source.values).hasSize(100);
        assertThat(source.calls).hasSize(2);
    }

    @Test
    void aBatchThatWasWrittenInPartLeavesNoOldValue() {
        Map<String, String> written = new LinkedHashMap<>();
        CacheWriter<String, String> oneByOne = new CacheWriter<>() {
            @Override
            public void write(String key, String value) throws IOException {
                if (value.equals("refused")) {
                    throw new IOException("down");
                }
                written.put(key, value);
            }

            @Override
            public void delete(String key) {
                written.remove(key);
            }
        };
        HamsterCache<String, String> cache = cache(policy().writeThrough(oneByOne));
        cache.put("a", "old");
        cache.put("b", "old");
        Map<String, String> batch = new LinkedHashMap<>();
        batch.put("a", "new");
        batch.put("b", "refused");

        assertThatExceptionOfType(CacheWriteException.class).isThrownBy(() -> cache.putAll(batch));

        assertThat(cache.get("a", written::get)).contains("new");
        assertThat(cache.get("b", written::get)).contains("old");
    }

    @Test
    void aValueThatCantBeWeighedIsWrittenAndDropsTheOldOne() {
        Weigher<String, String> weigher = (key, value) -> value.equals("odd") ? -1 : 1;
        HamsterCache<String, String> cache = cache(policy().weigher(weigher));
        cache.put("k", "v");

        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> cache.put("k", "odd"))
                .withMessageContaining("returned -1");

        assertThat(source.values).containsEntry("k", "odd");
        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void anErrorOfTheWeigherDropsTheOldValueToo() {
        HamsterCache<String, String> cache = cache(policy().weigher(erring(new NoClassDefFoundError("com/acme/Gone"))));
        cache.put("k", "v");

        assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(() -> cache.put("k", "odd"));

        assertThat(source.values).containsEntry("k", "odd");
        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void anErrorOfTheWeigherDropsWhatATicketWasToReplace() {
        HamsterCache<String, String> cache = cache(policy().weigher(erring(new NoClassDefFoundError("com/acme/Gone"))));
        cache.put("k", "v");
        CacheTicket<String, String> ticket = cache.ticket("k");

        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> ticket.put("k", Optional.of("odd"), EntryOptions.none()));

        assertThat(cache.get("k")).isEmpty();
    }

    private static Weigher<String, String> erring(Error error) {
        return (key, value) -> {
            if (value.equals("odd")) {
                throw error;
            }
            return 1;
        };
    }

    @Test
    void valuesThatCantBeWeighedKeepNoneOfTheirBatchFromBeingCached() {
        Weigher<String, String> weigher = (key, value) -> {
            if (value.startsWith("odd")) {
                throw new IllegalStateException(value);
            }
            return 1;
        };
        HamsterCache<String, String> cache = cache(policy().weigher(weigher));
        List.of("a", "b", "c", "d").forEach(key -> cache.put(key, "old"));

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> cache.putAll(inOrder("odd a", "new", "odd c", "new")))
                .withMessage("odd a")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(other).hasMessage("odd c")));

        assertThat(source.values).isEqualTo(inOrder("odd a", "new", "odd c", "new"));
        assertThat(cache.getAll(List.of("a", "b", "c", "d"), missing -> Map.of()))
                .isEqualTo(Map.of("b", "new", "d", "new"));
        assertThat(cache.stats().sets()).isEqualTo(6);
    }

    /** As the JVM throws it when it has none to spare for a new one. */
    @Test
    void anErrorThatIsThrownAgainKeepsNoneOfItsBatchFromBeingCached() {
        Error error = new OutOfMemoryError("Java heap space");
        HamsterCache<String, String> cache = cache(policy().weigher(erring(error)));
        List.of("a", "b", "c", "d").forEach(key -> cache.put(key, "old"));

        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> cache.putAll(inOrder("odd", "new", "odd", "new")))
                .isSameAs(error);

        assertThat(cache.getAll(List.of("a", "b", "c", "d"), missing -> Map.of()))
                .isEqualTo(Map.of("b", "new", "d", "new"));
    }

    private static Map<String, String> inOrder(String a, String b, String c, String d) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("a", a);
        values.put("b", b);
        values.put("c", c);
        values.put("d", d);
        return values;
    }

    @Test
    void sourceAndCacheSeeTheWritesOfAKeyInOneOrder() throws Exception {
        CountDownLatch firstWriting = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CacheWriter<String, String> slowAtFirst = new Source() {
            @Override
            public void write(String key, String value) {
                if (value.equals("first")) {
                    firstWriting.countDown();
                    awaitQuietly(go);
                }
                source.values.put(key, value);
            }
        };
        HamsterCache<String, String> cache = cache(CachePolicy.builder().writeThrough(slowAtFirst));
        Future<?> first = threads.submit(() -> cache.put("k", "first"));
        firstWriting.await();
        Future<?> second = threads.submit(() -> cache.put("k", "second"));

        cache.put("other key", "isn't held up");
        go.countDown();
        first.get(20, TimeUnit.SECONDS);
        second.get(20, TimeUnit.SECONDS);

        assertThat(source.values).containsEntry("k", "second");
        assertThat(cache.get("k")).contains("second");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void refusesNullBeforeAnythingIsWritten() {
        HamsterCache<String, String> cache = cache();
        cache.put("k", "v");
        source.calls.clear();
        Map<String, String> holed = new LinkedHashMap<>();
        holed.put("a", "A");
        holed.put("k", null);

        assertThatExceptionOfType(InvalidCacheValueException.class)
                .isThrownBy(() -> cache.put("k", null))
                .withMessageContaining("'books'")
                .withMessageContaining("putAbsent");
        assertThatExceptionOfType(InvalidCacheValueException.class).isThrownBy(() -> cache.putIfAbsent("l", null));
        assertThatExceptionOfType(InvalidCacheValueException.class).isThrownBy(() -> cache.putAll(holed));

        assertThat(source.calls).isEmpty();
        assertThat(cache.get("k")).contains("v");
        assertThat(cache.stats().sets()).isEqualTo(1);
        assertThat(cache.stats().size()).isEqualTo(1);
    }
}
