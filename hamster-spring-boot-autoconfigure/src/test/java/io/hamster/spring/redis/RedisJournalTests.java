package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RedisTest(topology = Topology.STANDALONE)
class RedisJournalTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final RedisDeployment redis;
    private RedisFixture fixture;
    private RedisJournals journals;
    private SharedJournal journal;

    RedisJournalTests(RedisDeployment redis) {
        this.redis = redis;
    }

    @BeforeEach
    void open() {
        fixture = RedisFixture.on(redis);
        journals = fixture.journals();
        journal = journals.journal("books");
    }

    @AfterEach
    void close() {
        journals.stop();
        fixture.close();
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private long put(String key, String value) {
        return now(journal.append(List.of(new Change(bytes(key), Optional.of(bytes(value)))), 2_500))
                .orElseThrow()
                .sequence();
    }

    private JournalRecord find(String key) {
        return now(journal.find(bytes(key))).orElseThrow();
    }

    @Test
    void keepsOfEachKeyTheLatestWrite() {
        long first = put("a", "A");
        put("b", "B");
        long last = put("a", "newer");
        now(journal.append(List.of(new Change(bytes("b"), Optional.empty())), 100));

        assertThat(last).isGreaterThan(first + 1);
        assertThat(now(journal.list()))
                .extracting(record -> new String(record.change().key()))
                .containsExactly("a", "b");
        assertThat(find("a").change().value().map(String::new)).contains("newer");
        assertThat(find("a").sequence()).isEqualTo(last);
        assertThat(find("b").change().value()).isEmpty();
        assertThat(now(journal.find(bytes("c")))).isEmpty();
    }

    @Test
    void aLongJournalIsReadWhole() {
        List<Change> changes = IntStream.range(0, 2_500)
                .mapToObj(i -> new Change(bytes("key " + i), Optional.of(bytes("value " + i))))
                .toList();
        now(journal.append(changes, 2_500));
        long fence = now(journal.lease("me", LONG)).orElseThrow();
        List<String> dead = List.of("key 0", "key 1234", "key 2499");
        dead.forEach(key -> now(journal.park(fence, find(key), "refused " + key)));

        List<JournalRecord> all = now(journal.list());

        assertThat(all)
                .extracting(record -> new String(record.change().key()))
                .containsExactlyElementsOf(
                        changes.stream().map(change -> new String(change.key())).toList());
        assertThat(all).allSatisfy(record -> {
            String key = new String(record.change().key());
            assertThat(record.change().value().map(String::new)).contains(key.replace("key", "value"));
            assertThat(record.parked())
                    .isEqualTo(dead.contains(key) ? Optional.of("refused " + key) : Optional.empty());
        });
        assertThat(now(journal.size())).isEqualTo(new SharedJournal.Size(2_500, 3));
    }

    @Test
    void takesAllOrNothing() {
        put("a", "A");
        List<Change> two = List.of(
                new Change(bytes("a"), Optional.of(bytes("x"))), new Change(bytes("b"), Optional.of(bytes("x"))));

        assertThat(now(journal.append(two, 1))).isEmpty();
        assertThat(find("a").change().value().map(String::new)).contains("A");
        assertThat(now(journal.append(two.subList(0, 1), 1))).isPresent();
        assertThat(now(journal.append(two, 2)))
                .hasValueSatisfying(appended -> assertThat(appended.pending()).isEqualTo(2));
    }

    @Test
    void onlyTheNewestLeaseCounts() {
        put("a", "A");
        long paused = now(journal.lease("paused", LONG)).orElseThrow();
        JournalRecord taken = find("a");
        assertThat(now(journal.lease("other", LONG))).isEmpty();
        assertThat(now(journal.lease("paused", Duration.ofMillis(50)))).contains(paused);
        RedisFixture.pass(Duration.ofMillis(80));
        long fence = now(journal.lease("other", LONG)).orElseThrow();

        assertThat(fence).isGreaterThan(paused);
        assertThat(now(journal.written(paused, List.of(taken)))).isFalse();
        assertThat(now(journal.park(paused, taken, "refused"))).isFalse();
        assertThat(find("a").parked()).isEmpty();
        assertThat(now(journal.lease("paused", LONG))).isEmpty();

        assertThat(now(journal.written(fence, List.of(taken)))).isTrue();
        assertThat(now(journal.find(bytes("a")))).isEmpty();
        now(journal.release("paused"));
        assertThat(now(journal.lease("paused", LONG))).isEmpty();
        now(journal.release("other"));
        assertThat(now(journal.lease("paused", LONG)).orElseThrow()).isGreaterThan(fence);
    }

    @Test
    void nothingIsTakenFromANewerWrite() {
        put("a", "old");
        long fence = now(journal.lease("me", LONG)).orElseThrow();
        JournalRecord old = find("a");
        long newer = put("a", "new");

        assertThat(now(journal.written(fence, List.of(old)))).isTrue();
        now(journal.park(fence, old, "refused"));
        assertThat(now(journal.discard(bytes("a"), old.sequence()))).isFalse();

        assertThat(find("a").sequence()).isEqualTo(newer);
        assertThat(find("a").parked()).isEmpty();
    }

    @Test
    void deadLettersWaitUntilTheyAreAskedFor() {
        long sequence = put("a", "A");
        long fence = now(journal.lease("me", LONG)).orElseThrow();
        now(journal.park(fence, find("a"), "refused"));

        assertThat(find("a").parked()).contains("refused");
        assertThat(now(journal.redrive(bytes("a"), sequence + 1))).isFalse();
        assertThat(now(journal.redrive(bytes("a"), sequence))).isTrue();
        assertThat(now(journal.redrive(bytes("a"), sequence))).isFalse();
        assertThat(find("a").parked()).isEmpty();

        now(journal.park(fence, find("a"), "refused"));
        put("a", "newer");
        assertThat(find("a").parked()).isEmpty();
        assertThat(now(journal.discard(bytes("a"), find("a").sequence()))).isTrue();
        assertThat(now(journal.list())).isEmpty();
    }
}
