package io.hamster.lock.memory;

import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockToken;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two keys, three tokens, no time passing: every answer, fences included, is one that a single thread could get. */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "token", gen = IntGen.class, conf = "1:3")
public class MemoryLockStoreLincheckTests {

    private static final Duration LEASE = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final MemoryLockStore store = new MemoryLockStore(time, time.scheduler());

    private static LockToken token(int number) {
        return new LockToken("t", number);
    }

    private Answer ask(int key, int token, Duration patience) {
        return store.acquire(new Ask("k" + key, token(token), "n", LEASE, patience))
                .toCompletableFuture()
                .join();
    }

    @Operation
    public String acquire(@Param(name = "key") int key, @Param(name = "token") int token) {
        return ask(key, token, Duration.ZERO).toString();
    }

    @Operation
    public String queue(@Param(name = "key") int key, @Param(name = "token") int token) {
        return ask(key, token, LEASE).toString();
    }

    @Operation
    public String renew(@Param(name = "key") int key, @Param(name = "token") int token) {
        return store.renew(List.of(new Extension("k" + key, token(token), LEASE)))
                .toCompletableFuture()
                .join()
                .toString();
    }

    @Operation
    public boolean release(@Param(name = "key") int key, @Param(name = "token") int token) {
        return store.release("k" + key, token(token), Duration.ZERO)
                .toCompletableFuture()
                .join();
    }

    @Operation
    public boolean bury(@Param(name = "key") int key, @Param(name = "token") int token) {
        return store.release("k" + key, token(token), LEASE)
                .toCompletableFuture()
                .join();
    }

    @Operation
    public boolean forceRelease(@Param(name = "key") int key) {
        return store.forceRelease("k" + key).toCompletableFuture().join();
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .check(MemoryLockStoreLincheckTests.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .check(MemoryLockStoreLincheckTests.class);
    }
}
