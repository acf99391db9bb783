package io.hamster.spring.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.FaultyLockStore;
import io.hamster.lock.FaultyLockStore.Command;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.lock.LockRequests;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.integration.support.locks.DistributedLock;

class HamsterLockRegistryTests {

    private static final Duration LEASE = Duration.ofSeconds(30);

    private final ConfigurableApplicationContext context = context();
    private final LockClient client = context.getBean(LockClient.class);
    private final ManualTime time = context.getBean(ManualTime.class);
    private final HamsterLockRegistry registry = context.getBean(HamsterLockRegistry.class);
    private final DistributedLock lock = registry.obtain("k");

    private static ConfigurableApplicationContext context() {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run("--hamster.test.manual-time=true");
    }

    @Configuration(proxyBeanMethods = false)
    @Import({
        HamsterAutoConfiguration.class,
        HamsterLockAutoConfiguration.class,
        HamsterLockRegistryAutoConfiguration.class
    })
    static class Application {}

    @BeforeEach
    void startFree() {
        assertThat(isLocked()).isFalse();
    }

    @AfterEach
    void close() {
        context.close();
    }

    private boolean isLocked() {
        return client.status("integration:k").isPresent();
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Runs work on another thread to its end. */
    private static <T> T elsewhere(Callable<T> work) throws Exception {
        return start(work).get(10, TimeUnit.SECONDS);
    }

    private void awaitWaiting() {
        await().until(() -> client.admin().stats().waiting() == 1);
    }

    @Test
    void isReentrantForEveryViewOfTheKey() throws Exception {
        lock.lock();
        assertThat(registry.obtain("k").tryLock()).isTrue();
        assertThat(lock.tryLock(1, TimeUnit.SECONDS)).isTrue();

        registry.obtain("k").unlock();
        lock.unlock();
        assertThat(isLocked()).isTrue();
        assertThat(elsewhere(() -> registry.obtain("k").tryLock())).isFalse();
        lock.unlock();

        assertThat(isLocked()).isFalse();
    }

    @Test
    void isTriedOnAnInterruptedThreadToo() throws Exception {
        FaultyLockStore network = new FaultyLockStore(new MemoryLockStore(time, time.scheduler()), time.scheduler());
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofMillis(200)));
        try (LockClient slow = LockClient.builder(network, time.scheduler(), Runnable::run)
                .time(time)
                .build()) {
            RegistryLock slowLock = new RegistryLock(slow, context.getBean(LockRequests.class), "k");
            FutureTask<Boolean> trying = start(() -> {
                Thread.currentThread().interrupt();
                boolean acquired = slowLock.tryLock();
                return acquired && Thread.interrupted();
            });

            await().until(() -> {
                time.advance(Duration.ofMillis(100));
                return trying.isDone();
            });

            assertThat(trying.get()).isTrue();
        }
    }

    @Test
    void isUnlockedByItsOwnerOnly() throws Exception {
        lock.lock();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> elsewhere(() -> {
                    lock.unlock();
                    return null;
                }))
                .withCauseInstanceOf(IllegalMonitorStateException.class);
        assertThat(isLocked()).isTrue();
        lock.unlock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock);
    }

    @Test
    void tellsAtUnlockThatTheLockWasLost() {
        lock.lock();
        client.admin().forceRelease("integration:k");
        assertThatExceptionOfType(ConcurrentModificationException.class).isThrownBy(lock::unlock);

        lock.lock(LEASE);
        time.advance(LEASE);
        assertThatExceptionOfType(ConcurrentModificationException.class).isThrownBy(lock::unlock);

        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
    }

    @Test
    void isRenewedUntilItIsUnlocked() {
        lock.lock();

        time.advance(LEASE.multipliedBy(10));

        assertThat(isLocked()).isTrue();
        lock.unlock();
        assertThat(isLocked()).isFalse();
    }

    @Test
    void endsWithTheTimeItWasTakenFor() throws Exception {
        assertThat(lock.tryLock(Duration.ofSeconds(1), Duration.ofSeconds(5))).isTrue();

        time.advance(Duration.ofSeconds(4));
        assertThat(isLocked()).isTrue();
        time.advance(Duration.ofSeconds(1));

        assertThat(elsewhere(() -> registry.obtain("k").tryLock())).isTrue();
    }

    @Test
    void isRenewedOnDemand() {
        lock.lock(LEASE);
        time.advance(LEASE.dividedBy(2));

        registry.renewLock("k");
        time.advance(LEASE.minusSeconds(1));
        assertThat(isLocked()).isTrue();
        registry.renewLock("k", Duration.ofHours(1));
        time.advance(Duration.ofMinutes(59));

        assertThat(isLocked()).isTrue();
        lock.unlock();
    }

    @Test
    void renewsOnlyWhatTheCallerHolds() throws Exception {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> registry.renewLock("k"));
        lock.lock();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> elsewhere(() -> {
                    registry.renewLock("k");
                    return null;
                }))
                .withCauseInstanceOf(IllegalMonitorStateException.class);

        client.admin().forceRelease("integration:k");

        assertThatIllegalStateException().isThrownBy(() -> registry.renewLock("k", LEASE));
    }

    @Test
    void spendsAWaitOnceEvenBehindAWaiterOfTheSameJvm() throws Exception {
        lock.lock();
        FutureTask<Boolean> first = start(() -> registry.obtain("k").tryLock(10, TimeUnit.SECONDS));
        awaitWaiting();
        FutureTask<Boolean> second = start(() -> registry.obtain("k").tryLock(10, TimeUnit.SECONDS));
        await().until(() -> client.admin().stats().waiting() == 2);

        time.advance(Duration.ofSeconds(10));

        assertThat(first.get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(second.get(10, TimeUnit.SECONDS)).isFalse();
        lock.unlock();
    }

    @Test
    void waitsUntilTheLockIsFree() throws Exception {
        lock.lock();
        FutureTask<Boolean> waiting = start(() -> {
            registry.obtain("k").lock();
            return true;
        });
        awaitWaiting();

        lock.unlock();

        assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void isInterruptedWhileItWaitsButOnlyWhereThatIsAsked() throws Exception {
        LockHandle held = client.lockAsync(LockRequest.of("integration:k")).join();
        Thread[] threads = new Thread[1];
        FutureTask<Void> interruptible = start(() -> {
            threads[0] = Thread.currentThread();
            registry.obtain("k").lockInterruptibly();
            return null;
        });
        awaitWaiting();
        threads[0].interrupt();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> interruptible.get(10, TimeUnit.SECONDS))
                .withCauseInstanceOf(InterruptedException.class);
        await().until(() -> client.admin().stats().waiting() == 0);

        FutureTask<Boolean> stubborn = start(() -> {
            threads[0] = Thread.currentThread();
            registry.obtain("k").lock();
            return Thread.interrupted();
        });
        awaitWaiting();
        threads[0].interrupt();
        held.unlock();

        assertThat(stubborn.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptedThreadMayStillTryWithoutWaiting() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> lock.tryLock(0, TimeUnit.SECONDS));
        assertThat(isLocked()).isFalse();

        Thread.currentThread().interrupt();
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(isLocked()).isFalse();
    }

    @Test
    void runsWorkUnderALock() throws Exception {
        assertThat(registry.<Boolean, RuntimeException>executeLocked("k", this::isLocked))
                .isTrue();
        assertThat(isLocked()).isFalse();

        client.lockAsync(LockRequest.of("integration:k")).join();
        FutureTask<Boolean> late =
                start(() -> registry.<Boolean, RuntimeException>executeLocked("k", Duration.ofSeconds(5), () -> true));
        awaitWaiting();
        time.advance(Duration.ofSeconds(5));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> late.get(10, TimeUnit.SECONDS))
                .withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void leavesNothingBehindOfManyKeys() {
        lock.lock();
        for (int i = 0; i < 10_000; i++) {
            DistributedLock one = registry.obtain("group-" + i);
            one.lock();
            one.unlock();
        }
        registry.expireUnusedOlderThan(0);

        assertThat(client.admin().list(10)).hasSize(1);
        assertThat(client.admin().stats().held()).isEqualTo(1);
        lock.unlock();
        assertThat(time.pendingTasks()).isLessThanOrEqualTo(1);
    }

    @Test
    void takesKeysOfAnyLengthAndSeveralTypes() {
        String path = "/spool/" + "x".repeat(300);
        registry.obtain(path).lock();
        registry.obtain(new UUID(1, 2)).lock();
        registry.obtain(42L).lock();
        registry.obtain(TimeUnit.DAYS).lock();
        registry.obtain("").lock();

        assertThat(client.admin().list(10))
                .extracting("key", String.class)
                .hasSize(5)
                .contains("integration:00000000-0000-0001-0000-000000000002", "integration:42", "integration:DAYS")
                .filteredOn(key -> key.startsWith("integration:sha256:"))
                .hasSize(2);
        assertThat(registry.obtain(path)).isEqualTo(registry.obtain(path));
        assertThat(registry.obtain(path)).isNotEqualTo(registry.obtain(path + "x"));
    }

    @Test
    void refusesKeysWhoseTextMayDiffer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.obtain(new Object()))
                .withMessageContaining("java.lang.Object");
    }

    @Test
    void hasNoConditionsAndHidesItsKey() {
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(lock::newCondition);
        assertThat(registry.obtain("customer-4711").toString()).doesNotContain("4711");
    }
}
