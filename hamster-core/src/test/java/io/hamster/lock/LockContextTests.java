package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LockContextTests extends LockFixture {

    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    LockContextTests() {
        super(true);
    }

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    private static LockRequest reentrant(String key) {
        return LockRequest.builder(key).reentrant(true).build();
    }

    @Test
    void showsTheInnermostLock() {
        assertThat(LockContext.current()).isEmpty();
        try (LockHandle outer = client.lock(LockRequest.of("outer"))) {
            try (LockHandle inner = client.lock(LockRequest.of("inner"))) {
                assertThat(LockContext.current()).contains(inner);
            }
            assertThat(LockContext.current()).contains(outer);
        }
        assertThat(LockContext.current()).isEmpty();
        assertThat(LockContext.currentScope()).isNull();
    }

    @Test
    void belongsToOneThreadUnlessItIsCarried() throws Exception {
        LockHandle handle = client.lock(reentrant("k"));
        LockContext scope = LockContext.capture();

        assertThat(thread.submit(LockContext::current).get()).isEmpty();
        assertThat(thread.submit(() -> client.tryLock(reentrant("k"))).get()).isEmpty();
        LockHandle again = thread.submit(() -> scope.call(() -> {
                    assertThat(LockContext.current()).contains(handle);
                    return client.lock(reentrant("k"));
                }))
                .get();

        assertThat(again.fence()).isEqualTo(handle.fence());
        assertThat(thread.submit(LockContext::current).get()).isEmpty();
        handle.unlock();
        assertThat(isFree()).isFalse();
        assertThat(handle.isValid()).isFalse();
        assertThat(again.isValid()).isTrue();
        again.unlock();
        assertThat(isFree()).isTrue();
    }

    @Test
    void mayBeReleasedByAnotherThread() throws Exception {
        LockHandle handle = client.lock(LockRequest.of("k"));

        thread.submit(handle::unlock).get(10, TimeUnit.SECONDS);

        assertThat(LockContext.current()).isEmpty();
        assertThat(client.tryLock(LockRequest.of("k"))).isPresent();
    }

    @Test
    void letsGoOfManyLocksInAnyOrder() {
        List<LockHandle> handles = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            handles.add(client.lockAsync(LockRequest.of("k" + i)).join());
        }
        LockContext scope = LockContext.of(handles.toArray(LockHandle[]::new));

        scope.exited(handles.get(0));
        scope.exited(handles.get(handles.size() - 1));

        assertThat(scope.find(((DefaultLockHandle) handles.get(0)).engine(), "k0"))
                .isNull();
        assertThat(scope.find(((DefaultLockHandle) handles.get(0)).engine(), "k1"))
                .isSameAs(handles.get(1));
        handles.forEach(LockHandle::close);
    }

    @Test
    void staysWithTheCallThatBroughtItWhileItHoldsNothing() throws Exception {
        LockContext scope = LockContext.of();

        scope.call(() -> {
            client.lock(LockRequest.of("first")).close();
            client.lock(LockRequest.of("second"));
            return null;
        });

        scope.call(() -> {
            assertThat(LockContext.current()).map(LockHandle::key).contains("second");
            LockContext.current().orElseThrow().close();
            return null;
        });
    }

    @Test
    void returnsToTheScopeItCameFrom() throws Exception {
        try (LockHandle mine = client.lock(LockRequest.of("mine"))) {
            LockHandle given = client.lockAsync(LockRequest.of("given")).join();
            LockContext.of(given).call(() -> {
                assertThat(LockContext.current()).contains(given);
                return null;
            });
            assertThat(LockContext.current()).contains(mine);
        }
    }

    @Test
    void neverReentersAnAsynchronousHandle() throws Exception {
        LockHandle handle = client.lockAsync(reentrant("k")).join();

        assertThat(LockContext.current()).isEmpty();
        assertThat(client.tryLock(reentrant("k"))).isEmpty();
        LockContext.of(handle).call(() -> {
            assertThatExceptionOfType(NestedLockException.class)
                    .isThrownBy(() -> client.lock(reentrant("k")))
                    .withMessageContaining("asynchronously");
            return null;
        });
    }

    @Test
    void showsALostLockUntilItIsClosed() {
        LockHandle handle = client.lock(request().autoRefresh(false).build());
        pass(LEASE);

        assertThat(LockContext.current()).contains(handle).get().matches(lost -> !lost.isValid());
        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(handle::unlock);
        assertThat(LockContext.current()).isEmpty();
    }

    @Test
    void letsANestedHolderSeeTheLossOfTheLock() {
        LockRequest request = request().reentrant(true).autoRefresh(false).build();
        LockHandle outer = client.lock(request);
        LockHandle inner = client.lock(request);
        List<LockHandle> told = new java.util.ArrayList<>();
        inner.onLost(told::add);
        pass(LEASE);

        assertThat(inner.isValid()).isFalse();
        assertThat(told).containsExactly(inner);
        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(inner::unlock);
        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(outer::unlock);
    }

    @Test
    void keepsTheLocksOfDifferentClientsApart() {
        try (LockHandle mine = client.lock(LockRequest.of("k"));
                LockClient elsewhere = LockClient.builder(
                                new io.hamster.lock.memory.MemoryLockStore(time, time.scheduler()),
                                time.scheduler(),
                                Runnable::run)
                        .build()) {
            assertThat(elsewhere.tryLock(LockRequest.of("k"))).hasValueSatisfying(LockHandle::unlock);
            assertThat(mine.isValid()).isTrue();
        }
    }
}
