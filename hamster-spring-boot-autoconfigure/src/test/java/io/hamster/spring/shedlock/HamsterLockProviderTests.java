package io.hamster.spring.shedlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.lock.LockClient;
import io.hamster.lock.memory.MemoryLockStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.test.support.AbstractExtensibleLockProviderIntegrationTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ShedLock's own tests of a lock provider, in real time as they are. */
class HamsterLockProviderTests extends AbstractExtensibleLockProviderIntegrationTest {

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final MemoryLockStore store = new MemoryLockStore(TimeSource.system(), scheduler);
    private final LockClient client =
            LockClient.builder(store, scheduler, Runnable::run).build();
    private final HamsterLockProvider provider = new HamsterLockProvider(client, "shedlock:");

    @AfterEach
    void close() {
        client.close();
        store.close();
        scheduler.shutdownNow();
    }

    @Override
    protected ExtensibleLockProvider getLockProvider() {
        return provider;
    }

    @Override
    protected void assertLocked(String lockName) {
        assertThat(client.status("shedlock:" + lockName)).isPresent();
    }

    @Override
    protected void assertUnlocked(String lockName) {
        assertThat(client.status("shedlock:" + lockName)).isEmpty();
    }

    /** Theirs gives the lock 50 ms, and unlocks the next one within as many. */
    @Test
    @Override
    public void shouldTimeout() {
        Duration atMost = Duration.ofMillis(300);
        assertThat(provider.lock(lockConfig(LOCK_NAME1, atMost, Duration.ZERO))).isPresent();
        sleepFor(atMost.multipliedBy(2));
        assertUnlocked(LOCK_NAME1);

        Optional<SimpleLock> next = provider.lock(lockConfig(LOCK_NAME1, Duration.ofMinutes(1), Duration.ZERO));
        next.orElseThrow().unlock();
    }

    /** Theirs gives the lock 2 ms, which a busy machine needs to take it. */
    @Test
    @Override
    public void shouldNotBeAbleToExtendExpiredLock() {
        Duration atMost = Duration.ofMillis(300);
        Optional<SimpleLock> lock = provider.lock(lockConfig(LOCK_NAME1, atMost, Duration.ZERO));
        sleepFor(atMost.multipliedBy(2));

        assertThat(lock.orElseThrow().extend(Duration.ofSeconds(10), Duration.ZERO))
                .isEmpty();
        assertUnlocked(LOCK_NAME1);
    }
}
