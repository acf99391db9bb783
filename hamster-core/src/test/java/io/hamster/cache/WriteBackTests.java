package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cache.bloom.BloomFilterConfig;
import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.cache.bloom.KeyHash;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackFullException;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackPolicyBuilder;
import io.hamster.cache.writeback.WriteBackWriter;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WriteBackTests extends CacheTestBase {

    private final RecordingSource source = new RecordingSource();
    private WriteBackPolicyBuilder back = WriteBackPolicy.builder().fullTimeout(Duration.ZERO);

    @TempDir
    private Path directory;

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().writeBack(source, back.build());
    }

    private HamsterCache<String, String> fileCache() {
        back = back.durability(Durability.FILE).directory(directory).types(String.class, String.class);
        return cache(client().codec(new TextCodec()), policy());
    }

    private static WriteBackAdmin<String> admin(HamsterCache<String, String> cache) {
        return cache.writeBack().orElseThrow();
    }

    @Test
    void writesLaterAndReadsAtOnce() {
        HamsterCache<String, String> cache = cache();

        cache.put("k", "v");

        assertThat(source.values).isEmpty();
        assertThat(cache.get("k")).contains("v");
        assertThat(cache.dirty()).containsExactly("k");
        assertThat(cache.entry("k"))
                .hasValueSatisfying(entry -> assertThat(entry.dirty()).isTrue());
        time.advance(Duration.ofMinutes(5));
        assertThat(source.values).containsEntry("k", "v");
        assertThat(cache.dirty()).isEmpty();
        assertThat(cache.entry("k"))
                .hasValueSatisfying(entry -> assertThat(entry.dirty()).isFalse());
    }

    /** A stopping application interrupts the thread that closes its beans now and then. */
    @Test
    void theLastFlushIsWaitedForThoughItsCloserIsInterrupted() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        WriteBackWriter<String, String> slow = entries -> {
            go.await();
            return source.write(entries);
        };
        CacheClient client = client().executor(threads).build();
        HamsterCache<String, String> cache = client.cache(
                "books", CachePolicy.builder().writeBack(slow, back.build()).build());
        cache.put("k", "v");

        Thread closing = new Thread(() -> {
            Thread.currentThread().interrupt();
            client.close();
        });
        closing.start();
        await().until(() ->
                List.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED).contains(closing.getState()));

        assertThat(closing.isAlive()).isTrue();
        go.countDown();
        closing.join();
        assertThat(source.values).containsEntry("k", "v");
    }

    /** A disk that hangs mustn't keep an application from ending. */
    @Test
    void closesThoughAWriteIsStuckInItsJournal() throws Exception {
        back = back.closeTimeout(Duration.ofMillis(100));
        CompletableFuture<Void> go = new CompletableFuture<>();
        StuckWrite stuck = new StuckWrite(go);
        CacheClient client = client().timeSource(stuck).build();
        HamsterCache<String, String> cache = client.cache("books", policy().build());
        Future<?> put = stuck.put(cache);

        Future<?> closing = threads.submit(client::close);

        assertThat(closing).succeedsWithin(Duration.ofSeconds(30));
        go.complete(null);
        result(put);
    }

    @Test
    void anInvalidationAfterADeletionFindsNothing() {
        HamsterCache<String, String> cache = cache();
        cache.put("k", "v");
        cache.flush();
        assertThat(cache.loadAndDelete("k")).contains("v");

        assertThat(cache.invalidate("k")).as("a read would have found nothing").isFalse();

        assertThat(cache.get("k")).isEmpty();
        cache.flush();
        assertThat(source.values).isEmpty();
    }

    /** The later write of the other key is seen only by those who come after the first one's deletion. */
    @Test
    void whatIsWrittenWhileATagIsInvalidatedStays() {
        TextCodec codec = new TextCodec();
        AtomicReference<HamsterCache<String, String>> written = new AtomicReference<>();
        AtomicReference<String> later = new AtomicReference<>();
        back = back.durability(Durability.FILE).directory(directory).types(String.class, String.class);
        HamsterCache<String, String> cache = cache(
                client().codec(new Codec() {
                    @Override
                    public byte[] encode(Object value, Type type) {
                        HamsterCache<String, String> once = written.getAndSet(null);
                        if (once != null) {
                            later.set(value.equals("a") ? "b" : "a");
                            once.put(later.get(), "later");
                        }
                        return codec.encode(value, type);
                    }

                    @Override
                    public Object decode(byte[] bytes, Type type) {
                        return codec.decode(bytes, type);
                    }
                }),
                policy());
        cache.put("a", "1", EntryOptions.tags("t"));
        cache.put("b", "1", EntryOptions.tags("t"));

        written.set(cache);
        cache.invalidateTags(List.of("t"));

        assertThat(cache.get(later.get())).contains("later");
        cache.flush();
        assertThat(source.values).containsExactly(Map.entry(later.get(), "later"));
    }

    /** Otherwise both are told that nothing was there, and one of the two values is gone. */
    @Test
    void aTicketIsNotPublishedWhileItsKeyIsPutForBeingAbsent() throws Exception {
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        TextCodec codec = new TextCodec();
        back = back.durability(Durability.FILE).directory(directory).types(String.class, String.class);
        HamsterCache<String, String> cache = cache(
                client().codec(new Codec() {
                    @Override
                    public byte[] encode(Object value, Type type) {
                        looked.countDown();
                        try {
                            assertThat(go.await(1, TimeUnit.MINUTES)).isTrue();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        return codec.encode(value, type);
                    }

                    @Override
                    public Object decode(byte[] bytes, Type type) {
                        return codec.decode(bytes, type);
                    }
                }),
                policy());
        CacheTicket<String, String> ticket = cache.ticket("k");
        Future<Optional<String>> put = threads.submit(() -> cache.putIfAbsent("k", "put"));
        looked.await();

        Future<Boolean> published = parked(() -> ticket.put("k", Optional.of("published"), EntryOptions.none()));
        go.countDown();

        assertThat(result(put)).isEmpty();
        assertThat(result(published)).isFalse();
        assertThat(cache.get("k")).contains("put");
    }

    @Test
    void aFullBatchIsWrittenAtOnceAndTheLastWriteOfAKeyWins() {
        back = back.batchSize(3);
        HamsterCache<String, String> cache = cache();
        cache.put("a", "1");
        cache.put("a", "2");
        cache.put("b", "1");
        cache.put("a", "3");
        assertThat(source.batches).isEmpty();

        cache.put("c", "1");

        assertThat(source.batches).hasSize(1);
        assertThat(source.batches.get(0))
                .extracting(WriteBackEntry::key, entry -> entry.value().orElseThrow())
                .containsExactly(tuple("b", "1"), tuple("a", "3"), tuple("c", "1"));
        assertThat(source.batches.get(0)).extracting(WriteBackEntry::sequence).isSorted();
    }

    @Test
    void dirtyEntriesAreNeitherEvictedNorExpired() {
        HamsterCache<String, String> cache = cache(policy().maxSize(1).defaultTtl(Duration.ofSeconds(1)));
        cache.put("a", "A");
        cache.put("b", "B");
        cache.put("c", "C");
        time.advance(Duration.ofMinutes(4));

        assertThat(cache.get("a")).contains("A");
        assertThat(cache.get("b")).contains("B");
        assertThat(cache.get("c")).contains("C");
        cache.flush();
        time.advance(Duration.ofSeconds(2));
        assertThat(cache.get("c")).isEmpty();
    }

    @Test
    void aLoadThatReadTheSourceBeforeTheFlushIsNotKept() throws Exception {
        HamsterCache<String, String> cache = cache();
        source.values.put("k", "old");
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<Optional<String>> load = threads.submit(() -> cache.get("k", key -> {
            String value = source.values.get(key);
            hasRead.countDown();
            go.await();
            return value;
        }));
        hasRead.await();
        cache.put("k", "new");
        cache.flush();
        go.countDown();

        assertThat(load.get(20, TimeUnit.SECONDS)).contains("old");
        assertThat(cache.get("k")).contains("new");
    }

    @Test
    void whatDropsADirtyEntryDeletesItInTheSource() {
        HamsterCache<String, String> cache = cache();
        List.of("a", "b", "c", "d").forEach(key -> source.values.put(key, "old"));
        cache.put("a", "A");
        cache.put("b", "B", EntryOptions.tags("t"));
        cache.put("c", "C");

        assertThat(cache.loadAndDelete("a")).contains("A");
        cache.invalidateTags(List.of("t"));
        assertThat(cache.invalidate("c")).isTrue();
        assertThat(cache.invalidate("c")).isFalse();
        assertThat(cache.loadAndDelete("d")).isEmpty();

        assertThat(List.of("a", "b", "c", "d"))
                .allSatisfy(key ->
                        assertThat(cache.get(key, k -> source.values.get(k))).isEmpty());
        assertThat(cache.dirty()).hasSize(4);
        cache.flush();
        assertThat(source.values).isEmpty();

        cache.put("clean", "1");
        cache.flush();
        cache.put("dirty", "2");
        cache.clear();
        cache.flush();
        assertThat(source.values).containsOnlyKeys("clean");
        assertThat(cache.get("clean")).isEmpty();
    }

    @Test
    void clearingWhatIsWrittenLeavesTheRestAndTheSource() {
        HamsterCache<String, String> cache = cache();
        cache.put("clean", "1");
        cache.flush();
        cache.put("dirty", "2");

        admin(cache).clearWritten();

        assertThat(cache.get("clean")).isEmpty();
        assertThat(cache.get("dirty")).contains("2");
        cache.flush();
        assertThat(source.values).isEqualTo(Map.of("clean", "1", "dirty", "2"));
    }

    @Test
    void discardingGivesUpTheWriteAlone() {
        HamsterCache<String, String> cache = cache();
        source.values.put("k", "old");
        cache.put("k", "new");

        assertThat(admin(cache).discard("k")).isTrue();
        assertThat(admin(cache).discard("k")).isFalse();

        assertThat(cache.get("k", source.values::get)).contains("old");
        cache.flush();
        assertThat(source.values).containsEntry("k", "old");
    }

    @Test
    void whatIsDiscardedWhileItIsWrittenLeavesNothingOlderBehind() {
        HamsterCache<String, String> cache = cache();
        source.values.put("k", "old");
        source.during = entry -> {
            assertThat(admin(cache).discard("k")).isTrue();
            assertThat(cache.get("k", source.values::get)).contains("old");
        };
        cache.put("k", "new");

        cache.flush();

        assertThat(source.values).containsEntry("k", "new");
        assertThat(cache.get("k", source.values::get)).contains("new");
    }

    @Test
    void whatIsDiscardedOrNewerWhenItsBatchIsRefusedIsNotTriedAlone() {
        back = back.maxRetries(0);
        AtomicReference<HamsterCache<String, String>> written = new AtomicReference<>();
        List<List<String>> calls = new ArrayList<>();
        HamsterCache<String, String> cache = cache(CachePolicy.builder()
                .writeBack(
                        (List<WriteBackEntry<String, String>> batch) -> {
                            calls.add(batch.stream()
                                    .map(entry -> entry.value().orElseThrow())
                                    .toList());
                            if (batch.size() > 1) {
                                assertThat(admin(written.get()).discard("b")).isTrue();
                                written.get().put("c", "3 anew");
                                throw new IOException("refused");
                            }
                            return Map.of();
                        },
                        back.build()));
        written.set(cache);
        cache.putAll(Map.of("a", "1", "b", "2", "c", "3"));

        cache.flush();

        assertThat(calls).hasSize(2).last().isEqualTo(List.of("1"));
        assertThat(admin(cache).stats().failures()).isZero();
        assertThat(cache.dirty()).containsExactly("c");
        assertThat(admin(cache).deadLetters()).isEmpty();
        cache.flush();
        assertThat(calls).hasSize(3).last().isEqualTo(List.of("3 anew"));
    }

    @Test
    void putsOnlyIfAbsentWhatIsNotDirty() {
        HamsterCache<String, String> cache = cache();

        assertThat(cache.putIfAbsent("k", "first")).isEmpty();
        assertThat(cache.putIfAbsent("k", "second")).contains("first");
        cache.loadAndDelete("k");
        assertThat(cache.putIfAbsent("k", "third")).isEmpty();
        cache.flush();
        assertThat(source.values).containsEntry("k", "third");
        assertThat(cache.putIfAbsent("k", "fourth")).contains("third");
    }

    @Test
    void aPoisonEntryEndsInTheDeadLetterAndHoldsUpNobody() {
        back = back.batchSize(2);
        source.poison.add("poison");
        HamsterCache<String, String> cache = cache();
        cache.put("poison", "P");
        cache.put("good", "G");

        assertThat(source.values).containsOnlyKeys("good");
        assertThatExceptionOfType(FlushException.class)
                .isThrownBy(cache::flush)
                .withMessageContaining("1 of 1")
                .withMessageContaining("refused");
        time.advance(Duration.ofSeconds(5));
        source.values.clear();
        cache.put("later", "L");
        cache.flush();

        assertThat(source.values).containsOnlyKeys("later");
        assertThat(cache.get("poison")).contains("P");
        assertThat(admin(cache).deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo("poison");
            assertThat(letter.reason()).contains("refused");
        });
        assertThat(admin(cache).stats().dead()).isEqualTo(1);
    }

    @Test
    void anErrorOfTheWriterHoldsUpNobody() {
        back = back.batchSize(1);
        source.during = entry -> {
            if (entry.key().equals("poison")) {
                throw new NoClassDefFoundError("com/acme/Gone");
            }
        };
        HamsterCache<String, String> cache = cache();
        cache.put("poison", "P");
        cache.put("good", "G");

        assertThatExceptionOfType(FlushException.class)
                .isThrownBy(cache::flush)
                .withMessageContaining("1 of 1")
                .withMessageContaining("com/acme/Gone");

        assertThat(source.values).containsOnlyKeys("good");
        time.advance(Duration.ofSeconds(5));
        assertThat(admin(cache).deadLetters()).extracting(DeadLetter::key).containsExactly("poison");
    }

    static List<Throwable> failuresToWeigh() {
        return List.of(new IllegalStateException("odd"), new StackOverflowError(), new Mute());
    }

    @ParameterizedTest
    @MethodSource("failuresToWeigh")
    void whatCantBeWeighedIsWrittenOnceAndLeavesNothingOld(Throwable failure) {
        back = back.batchSize(2);
        Weigher<String, String> weigher = (key, value) -> {
            if (value.equals("odd")) {
                throw WriteBackTests.<RuntimeException>unchecked(failure);
            }
            return 1;
        };
        HamsterCache<String, String> cache = cache(policy().weigher(weigher));
        cache.put("k", "old");
        cache.flush();
        cache.put("k", "odd");
        cache.put("l", "L");
        time.advance(Duration.ofMinutes(11));

        assertThat(source.batches).hasSize(2);
        assertThat(source.values).isEqualTo(Map.of("k", "odd", "l", "L"));
        assertThat(cache.dirty()).isEmpty();
        assertThat(cache.get("k")).isEmpty();
        assertThat(cache.get("l")).contains("L");
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }

    /** What a logger or anybody else who asks for its text fails with. */
    private static final class Mute extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new NullPointerException("in getMessage");
        }
    }

    static List<Arguments> reasonsWithoutText() {
        return List.of(arguments(null, "gave no reason"), arguments(new Mute(), Mute.class.getName()));
    }

    @ParameterizedTest
    @MethodSource("reasonsWithoutText")
    void whatIsRefusedForNoReasonThatHasATextIsADeadLetterToo(@Nullable Exception reason, String text) {
        WriteBackWriter<String, String> writer = batch -> {
            Map<WriteBackEntry<String, String>, Exception> refused = new HashMap<>();
            batch.stream().filter(entry -> entry.key().equals("poison")).forEach(entry -> refused.put(entry, reason));
            source.write(
                    batch.stream().filter(entry -> !refused.containsKey(entry)).toList());
            return refused;
        };
        assertThatPoisonIsADeadLetter(writer, text);
    }

    @Test
    void whatIsRefusedByAnExceptionWithoutATextIsADeadLetterToo() {
        WriteBackWriter<String, String> writer = batch -> {
            if (batch.stream().anyMatch(entry -> entry.key().equals("poison"))) {
                throw new Mute();
            }
            return source.write(batch);
        };
        assertThatPoisonIsADeadLetter(writer, Mute.class.getName());
    }

    private void assertThatPoisonIsADeadLetter(WriteBackWriter<String, String> writer, String reason) {
        HamsterCache<String, String> cache = cache(CachePolicy.builder().writeBack(writer, back.build()));
        cache.put("good", "G");
        cache.put("poison", "P");
        assertThatExceptionOfType(FlushException.class)
                .isThrownBy(cache::flush)
                .withMessageContaining("1 of 2")
                .withMessageContaining(reason);
        assertThat(admin(cache).stats().failures()).isEqualTo(1);
        time.advance(Duration.ofSeconds(5));

        assertThat(source.values).isEqualTo(Map.of("good", "G"));
        assertThat(admin(cache).deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo("poison");
            assertThat(letter.reason()).contains(reason);
        });
        cache.put("later", "L");
        cache.flush();
        assertThat(source.values).containsEntry("later", "L");
    }

    @Test
    void aFlushThatAnErrorEndedIsTriedAgainBeforeTheNextInterval() {
        AtomicBoolean fails = new AtomicBoolean();
        KeyHash<String> hash = key -> {
            if (fails.getAndSet(false)) {
                throw new NoClassDefFoundError("com/acme/Gone");
            }
            return key.hashCode();
        };
        BloomFilterConfig filter = new BloomFilterConfig(10, 0.01);
        BloomPolicy<String> bloom =
                BloomPolicy.<String>of(filter, Stream::empty).hashedBy(hash);
        HamsterCache<String, String> cache = cache(policy().bloom(bloom));
        source.during = entry -> fails.set(source.batches.size() == 1);
        cache.put("k", "v");
        time.advance(Duration.ofMinutes(5));
        assertThat(cache.dirty()).containsExactly("k");

        time.advance(Duration.ofSeconds(1));

        assertThat(source.batches).hasSize(2);
        assertThat(cache.dirty()).isEmpty();
    }

    @Test
    void aDeadLetterIsTriedAgainUnlessItsKeyIsNewer() {
        back = back.maxRetries(0);
        source.poison.add("poison");
        HamsterCache<String, String> cache = cache();
        cache.put("good", "G");
        cache.put("poison", "old");
        assertThatExceptionOfType(FlushException.class).isThrownBy(cache::flush);
        DeadLetter<String> letter = admin(cache).deadLetters().get(0);
        source.poison.clear();
        cache.put("poison", "new");

        assertThat(admin(cache).deadLetters()).isEmpty();
        assertThat(admin(cache).redrive(letter)).isFalse();
        assertThat(admin(cache).discard(letter)).isFalse();
        cache.flush();
        assertThat(source.values).containsEntry("poison", "new");

        source.poison.add("poison");
        cache.put("poison", "newest");
        cache.put("good", "G");
        assertThatExceptionOfType(FlushException.class).isThrownBy(cache::flush);
        source.poison.clear();
        assertThat(admin(cache).redriveAll()).isEqualTo(1);
        assertThat(source.values).containsEntry("poison", "newest");
        assertThat(cache.dirty()).isEmpty();
    }

    @Test
    void aSourceThatIsAwayForLongLosesNothingAndComesBackByItself() {
        back = back.batchSize(10);
        HamsterCache<String, String> cache = cache();
        source.away = true;
        IntStream.range(0, 25).forEach(i -> cache.put("k" + i, "v" + i));
        time.advance(Duration.ofMinutes(20));
        assertThat(source.values).isEmpty();
        assertThat(cache.get("k3")).contains("v3");
        assertThat(cache.dirty()).hasSize(25);

        source.away = false;
        time.advance(Duration.ofMinutes(6));

        assertThat(source.values).hasSize(25);
        assertThat(cache.dirty()).isEmpty();
        assertThat(admin(cache).deadLetters()).isEmpty();
    }

    @Test
    void aNewerWriteDuringTheFlushOfTheOlderStaysDirty() {
        HamsterCache<String, String> cache = cache();
        source.during = entry -> {
            if (entry.value().orElse("").equals("old")) {
                cache.put("k", "new");
            }
        };
        cache.put("k", "old");

        cache.flush();

        assertThat(source.values).containsEntry("k", "old");
        assertThat(cache.get("k")).contains("new");
        assertThat(cache.dirty()).containsExactly("k");
        cache.flush();
        assertThat(source.values).containsEntry("k", "new");
        assertThat(cache.dirty()).isEmpty();
    }

    @Test
    void aFullSetRejectsNewKeysOnly() {
        back = back.batchSize(2).maxDirty(2);
        source.away = true;
        HamsterCache<String, String> cache = cache();
        cache.put("a", "A");
        cache.put("b", "B");

        assertThatExceptionOfType(WriteBackFullException.class)
                .isThrownBy(() -> cache.put("c", "C"))
                .withMessageContaining("'books'")
                .withMessageContaining("at most 2");
        cache.put("a", "newer");
        assertThat(cache.get("c")).isEmpty();
        assertThat(cache.get("a")).contains("newer");
        source.away = false;
        cache.flush();
        cache.putAll(Map.of("c", "C", "d", "D", "e", "E"));
        cache.flush();
        assertThat(source.values).containsOnlyKeys("a", "b", "c", "d", "e");
    }

    @Test
    void closingFlushes() {
        CacheClient client = client().build();
        HamsterCache<String, String> cache = client.cache("books", policy().build());
        cache.put("k", "v");

        client.close();

        assertThat(source.values).containsEntry("k", "v");
        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> cache.put("l", "L"))
                .withMessageContaining("closed");
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void aWriteThatTheLastFlushMadeRoomForIsNotTaken() throws Exception {
        back = back.maxDirty(1).batchSize(1).fullTimeout(Duration.ofMinutes(1));
        source.away = true;
        CacheClient client = client().build();
        HamsterCache<String, String> cache = client.cache("books", policy().build());
        cache.put("a", "A");
        AtomicReference<Thread> writer = new AtomicReference<>();
        Future<?> put = threads.submit(() -> {
            writer.set(Thread.currentThread());
            cache.put("b", "B");
        });
        await().until(() -> writer.get() != null && writer.get().getState() == Thread.State.TIMED_WAITING);
        source.away = false;

        client.close();

        assertThat(source.values).containsOnlyKeys("a");
        assertThat(failure(put)).isInstanceOf(JournalException.class).hasMessageContaining("was not taken");
    }

    @Test
    void theLastFlushWaitsForWritesThatAreBeingTaken() throws Exception {
        CompletableFuture<Void> go = new CompletableFuture<>();
        StuckWrite stuck = new StuckWrite(go);
        CacheClient client = client().timeSource(stuck).build();
        HamsterCache<String, String> cache = client.cache("books", policy().build());
        Future<?> put = stuck.put(cache);
        Thread closing = new Thread(client::close);
        closing.start();
        await().until(() ->
                List.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED).contains(closing.getState()));

        go.complete(null);
        closing.join();

        result(put);
        assertThat(source.values).containsEntry("k", "v");
    }

    @Test
    void aRestartReplaysTheJournalBeforeItAnswers() {
        HamsterCache<String, String> cache = fileCache();
        source.poison.add("poison");
        cache.put("poison", "P");
        cache.put("flushed", "F");
        IntStream.range(0, 4).forEach(i -> {
            try {
                cache.flush();
            } catch (FlushException e) {
                assertThat(e).hasRootCauseMessage("refused");
                cache.put("flushed", "F" + i);
            }
        });
        assertThat(admin(cache).deadLetters()).hasSize(1);
        source.away = true;
        cache.put("k", "v");
        cache.put("gone", "x");
        cache.loadAndDelete("gone");
        closeClients();
        source.values.put("gone", "x");

        HamsterCache<String, String> again = fileCache();

        assertThat(again.get("k")).contains("v");
        assertThat(again.get("poison")).contains("P");
        assertThat(again.get("gone", source.values::get)).isEmpty();
        assertThat(again.dirty()).contains("k", "poison", "gone");
        assertThat(admin(again).deadLetters()).extracting(DeadLetter::key).containsExactly("poison");
        source.away = false;
        again.flush();
        assertThat(source.values).containsEntry("k", "v").doesNotContainKey("gone");
        assertThat(source.refusedAsOlder).isEmpty();
    }

    @Test
    void whatHasLostItsTagsInARestartIsNotKeptOnceItIsWritten() {
        source.away = true;
        fileCache().put("k", "v", EntryOptions.tags("t"));
        closeClients();
        source.away = false;
        HamsterCache<String, String> again = fileCache();
        again.flush();
        source.values.put("k", "newer");

        again.invalidateTags(List.of("t"));

        assertThat(again.get("k", source.values::get)).contains("newer");
    }

    @Test
    void whoFindsTheCacheDuringTheReplayWaitsForItsEnd() throws Exception {
        back = back.durability(Durability.FILE).directory(directory).types(String.class, String.class);
        CachePolicy policy = policy().build();
        source.away = true;
        try (CacheClient before = client().codec(new TextCodec()).build()) {
            before.<String, String>cache("books", policy).put("k", "new");
        }
        source.values.put("k", "old");
        CountDownLatch replaying = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Codec slow = new Codec() {

            private final TextCodec text = new TextCodec();

            @Override
            public byte[] encode(Object value, Type type) {
                return text.encode(value, type);
            }

            @Override
            public Object decode(byte[] bytes, Type type) {
                replaying.countDown();
                try {
                    assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return text.decode(bytes, type);
            }
        };
        try (CacheClient client = client().codec(slow).build()) {
            Future<HamsterCache<String, String>> made = threads.submit(() -> client.cache("books", policy));
            replaying.await();
            HamsterCache<String, String> early = client.cache("books");

            Future<Optional<String>> plain = parked(() -> early.get("k"));
            Future<Optional<String>> loaded = parked(() -> early.get("k", source.values::get));
            Future<Optional<String>> absent = parked(() -> early.putIfAbsent("k", "other"));
            Future<Boolean> published =
                    parked(() -> early.ticket().publish("k", Optional.of("old"), EntryOptions.none()));
            go.countDown();

            assertThat(result(plain)).contains("new");
            assertThat(result(loaded)).contains("new");
            assertThat(result(absent)).contains("new");
            assertThat(result(published)).isFalse();
            assertThat(result(made)).isSameAs(early);
            source.away = false;
        }
    }

    @Test
    void anErrorDuringTheReplayIsToldToAllAndTheCacheCanBeMadeAgain() throws Exception {
        back = back.durability(Durability.FILE).directory(directory).types(String.class, String.class);
        CachePolicy policy = policy().build();
        source.away = true;
        try (CacheClient before = client().codec(new TextCodec()).build()) {
            before.<String, String>cache("books", policy).put("k", "new");
        }
        CountDownLatch replaying = new CountDownLatch(1);
        CompletableFuture<Void> go = new CompletableFuture<>();
        Codec broken = new Codec() {

            private final TextCodec text = new TextCodec();

            @Override
            public byte[] encode(Object value, Type type) {
                return text.encode(value, type);
            }

            @Override
            public Object decode(byte[] bytes, Type type) {
                if (!go.isDone()) {
                    replaying.countDown();
                    go.join();
                    throw new NoClassDefFoundError("a class of the value's");
                }
                return text.decode(bytes, type);
            }
        };
        try (CacheClient client = client().codec(broken).build()) {
            Future<HamsterCache<String, String>> made = threads.submit(() -> client.cache("books", policy));
            replaying.await();
            HamsterCache<String, String> early = client.cache("books");
            Future<Optional<String>> waiting = parked(() -> early.get("k"));
            go.complete(null);

            assertThat(made)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(NoClassDefFoundError.class);
            assertThat(waiting)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(JournalException.class);
            assertThat(client.names()).isEmpty();
            assertThat(client.<String, String>cache("books", policy).get("k")).contains("new");
            source.away = false;
        }
    }

    @Test
    void aJournalInUseStopsTheCacheFromStarting() {
        fileCache();
        CacheClient second = client().codec(new TextCodec()).build();

        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> second.cache("books", policy().build()))
                .withMessageContaining("in use");
        assertThat(second.names()).isEmpty();
        second.close();
    }

    @Test
    void aSourceNeverGetsAnOlderValueAfterANewerOne() throws Exception {
        back = back.batchSize(5).maxDirty(10).fullTimeout(Duration.ofSeconds(20));
        HamsterCache<String, String> cache = cache(client().executor(threads), policy());
        List<Future<?>> writers = new ArrayList<>();
        Map<String, String> last = new LinkedHashMap<>();
        for (int thread = 0; thread < 4; thread++) {
            String key = "own-" + thread;
            last.put(key, "v1999");
            writers.add(threads.submit(() -> {
                for (int i = 0; i < 2000; i++) {
                    cache.put(key, "v" + i);
                    cache.put("shared-" + i % 30, key + i);
                }
            }));
        }
        for (Future<?> writer : writers) {
            writer.get(60, TimeUnit.SECONDS);
        }
        cache.flush();

        assertThat(source.refusedAsOlder).isEmpty();
        assertThat(source.values).containsAllEntriesOf(last);
        assertThat(source.values)
                .allSatisfy((key, value) -> assertThat(cache.get(key)).contains(value));
    }

    @Test
    void refusesWhatCantBe() {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> policy().writeThrough(new NoWriter()).build())
                .withMessageContaining("writeThrough")
                .withMessageContaining("writeBack");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> WriteBackPolicy.builder()
                        .durability(Durability.FILE)
                        .types(String.class, String.class)
                        .build())
                .withMessageContaining("directory");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> WriteBackPolicy.builder()
                        .durability(Durability.FILE)
                        .directory(directory)
                        .build())
                .withMessageContaining("types(");
        back = back.durability(Durability.FILE).directory(directory).types(String.class, String.class);
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(this::cache)
                .withMessageContaining("codec");
    }

    private static final class NoWriter implements CacheWriter<String, String> {

        @Override
        public void write(String key, String value) {
            throw new IllegalStateException("not to be called");
        }

        @Override
        public void delete(String key) {
            throw new IllegalStateException("not to be called");
        }
    }

    /** Time that stands still for a writer while its write is being taken. */
    private final class StuckWrite implements TimeSource {

        private final CountDownLatch isTaken = new CountDownLatch(1);
        private final AtomicReference<Thread> writer = new AtomicReference<>();
        private final CompletableFuture<Void> go;

        private StuckWrite(CompletableFuture<Void> go) {
            this.go = go;
        }

        /** Returns once it is stuck. */
        private Future<?> put(HamsterCache<String, String> cache) throws InterruptedException {
            Future<?> put = threads.submit(() -> {
                writer.set(Thread.currentThread());
                cache.put("k", "v");
            });
            isTaken.await();
            return put;
        }

        @Override
        public long nanoTime() {
            if (Thread.currentThread() == writer.get()) {
                isTaken.countDown();
                go.join();
            }
            return time.nanoTime();
        }

        @Override
        public Instant instant() {
            return time.instant();
        }
    }
}
