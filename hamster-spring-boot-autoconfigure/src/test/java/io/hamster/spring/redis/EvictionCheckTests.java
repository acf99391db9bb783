package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.Resp;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@RedisTest(exclusive = true)
@ExtendWith(OutputCaptureExtension.class)
class EvictionCheckTests {

    private final RedisServer server;
    private final RedisFixture fixture;

    EvictionCheckTests(RedisDeployment redis) {
        server = redis.servers().get(0);
        fixture = RedisFixture.on(redis);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void set(String policy, String maxMemory) {
        try (Resp redis = server.connect()) {
            redis.command("CONFIG", "SET", "maxmemory-policy", policy);
            redis.command("CONFIG", "SET", "maxmemory", maxMemory);
        }
    }

    private void openJournal() {
        RedisJournals journals = fixture.journals();
        journals.journal("books");
        try {
            await().until(() -> !journals.details().isEmpty());
            assertThat(journals.details()).containsOnlyKeys("maxmemoryPolicy");
        } finally {
            journals.stop();
        }
    }

    @Test
    void warnsOfWhatMayTakeAwayAcknowledgedWrites(CapturedOutput output) {
        set("allkeys-lru", "1gb");

        openJournal();

        await().untilAsserted(() -> assertThat(output)
                .containsOnlyOnce(
                        "Redis may evict what is to be written back: its maxmemory-policy is allkeys-lru; set it"
                                + " to noeviction, or acknowledged writes may be lost when memory runs out"));
    }

    @Test
    void whatOnlyExpiringKeysAreEvictedByIsNoDangerToJournalsButToLocks(CapturedOutput output) {
        set("volatile-ttl", "1gb");

        openJournal();
        fixture.store();

        await().untilAsserted(() -> assertThat(output)
                .containsOnlyOnce(
                        "Redis may evict locks: its maxmemory-policy is volatile-ttl; set it to noeviction, or"
                                + " two owners may hold one lock when memory runs out"));
        assertThat(output).doesNotContain("written back");
    }

    @Test
    void withoutALimitNothingIsEvicted(CapturedOutput output) {
        set("allkeys-lru", "0");

        openJournal();

        assertThat(output).doesNotContain("may evict");
    }

    @Test
    void tellsAPolicyThatWasSetRightSince() {
        EvictionCheck check = EvictionCheck.ofJournals();
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
        try (StatefulRedisConnection<String, String> primary = client.connect()) {
            set("allkeys-lru", "1gb");
            check.look(List.of(primary));
            await().until(() -> check.policy().equals(Optional.of("allkeys-lru")));

            set("noeviction", "1gb");
            check.look(List.of(primary));

            await().until(() -> check.policy().equals(Optional.of("noeviction")));
        } finally {
            client.shutdown();
        }
    }
}
