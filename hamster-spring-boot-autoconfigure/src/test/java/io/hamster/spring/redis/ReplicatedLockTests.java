package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockUnavailableException;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Locks that count only once replicas have them. */
@RedisTest(topology = Topology.SENTINEL)
class ReplicatedLockTests {

    private static final LockRequest REQUEST = LockRequest.of("k");

    private final RedisFixture fixture;

    ReplicatedLockTests(RedisDeployment redis) {
        fixture = RedisFixture.on(redis);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private LockClient client(int replicas, Duration wait) {
        RedisLockStore store = fixture.store(new Replication(replicas, wait));
        return LockClient.builder(store, fixture.scheduler, fixture.executor)
                .commandTimeout(Duration.ofSeconds(30))
                .build();
    }

    @Test
    void acquiresWhatItsReplicasHave() {
        try (LockClient client = client(2, Duration.ofSeconds(10))) {
            LockHandle handle = client.tryLock(REQUEST).orElseThrow();

            assertThat(handle.isValid()).isTrue();
            handle.unlock();
        }
    }

    @Test
    void failsAndKeepsNothingWithoutItsReplicas() throws Exception {
        try (LockClient client = client(3, Duration.ofSeconds(3));
                LockClient other = client(0, Duration.ofSeconds(3))) {
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(() -> client.tryLock(REQUEST))
                    .satisfies(e -> assertThat(e.getCause())
                            .hasMessageContainingAll("Only 2 of 3 replicas", "hamster.lock.redis.wait-replicas"));

            LockHandle next = other.lockAsync(REQUEST).get(10, TimeUnit.SECONDS);
            next.unlock();
        }
    }
}
