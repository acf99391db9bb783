package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.VolatileRedis;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a list of a journal says that changes while it is read, two records at once, by a network that holds replies. */
@RedisTest
class RedisJournalPagesTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final VolatileRedis redis = VolatileRedis.start();
    private final RedisProxy proxy = RedisProxy.to(redis.port());
    private final RedisFixture near = new RedisFixture(RedisFixture.factory(address(redis.port())));
    private final RedisFixture far = new RedisFixture(RedisFixture.factory(address(proxy.port())), near.namespace);
    private final SharedJournal writing = journal(near);
    private final SharedJournal reading = journal(far);

    private static URI address(int port) {
        return URI.create("redis://127.0.0.1:" + port);
    }

    private static SharedJournal journal(RedisFixture fixture) {
        return new RedisJournal(fixture.link(), new BackNames(fixture.namespace, "books"), 2);
    }

    @BeforeEach
    void fill() {
        List.of("a", "b", "c", "d", "e", "f").forEach(key -> put(key, "old"));
        // Which connects, and has Redis know the script.
        now(reading.list());
    }

    @AfterEach
    void close() {
        proxy.passReplies();
        far.close();
        near.close();
        proxy.close();
        redis.close();
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void put(String key, String value) {
        assertThat(now(writing.append(List.of(new Change(bytes(key), Optional.of(bytes(value)))), 100)))
                .isPresent();
    }

    private static String text(JournalRecord record) {
        return new String(record.change().key()) + "="
                + record.change().value().map(String::new).orElse("");
    }

    /** Begins to list, and holds what the first page's reply says. */
    private CompletableFuture<List<JournalRecord>> begin() {
        proxy.holdReplies();
        CompletableFuture<List<JournalRecord>> list = reading.list().toCompletableFuture();
        await().atMost(PATIENCE).until(proxy::holdsReply);
        return list;
    }

    private void passPage() {
        proxy.passReply();
        await().atMost(PATIENCE).until(proxy::holdsReply);
    }

    @Test
    void whatWasThereBeforeIsListedOrWhatTookItsPlace() {
        CompletableFuture<List<JournalRecord>> list = begin();
        put("e", "new");
        JournalRecord last = now(writing.find(bytes("f"))).orElseThrow();
        assertThat(now(writing.discard(bytes("f"), last.sequence()))).isTrue();
        put("later", "new");
        passPage();
        assertThat(list).as("a page of three").isNotDone();
        proxy.passReplies();

        assertThat(now(list))
                .extracting(RedisJournalPagesTests::text)
                .containsExactly("a=old", "b=old", "c=old", "d=old", "e=new");
    }

    @Test
    void aListThatNobodyWantsAnyMoreIsntReadOn() {
        CompletableFuture<List<JournalRecord>> list = begin();
        long before = redis.scripts();

        list.cancel(false);
        CompletionStage<Optional<JournalRecord>> first = reading.find(bytes("a"));
        proxy.passReplies();
        now(first);
        now(reading.find(bytes("a")));

        assertThat(redis.scripts()).as("only those that find").isEqualTo(before + 2);
    }

    @Test
    void aListFailsWithThePageThatDoes() {
        CompletableFuture<List<JournalRecord>> list = begin();
        try (var connection = near.factory.getConnection()) {
            byte[] records = bytes(new BackNames(near.namespace, "books").records());
            connection.keyCommands().del(records);
            connection.listCommands().rPush(records, new byte[] {1});
        }
        proxy.passReplies();

        assertThat(list).failsWithin(PATIENCE).withThrowableThat().withMessageContaining("WRONGTYPE");
    }
}
