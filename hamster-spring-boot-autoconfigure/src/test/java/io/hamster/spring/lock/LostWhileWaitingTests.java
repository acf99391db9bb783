package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.awaitWaiting;
import static io.hamster.spring.lock.LockTestSupport.isLocked;
import static io.hamster.spring.lock.LockTestSupport.otherInstance;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.start;
import static io.hamster.spring.lock.LockTestSupport.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.LockExpiredException;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A call that has lost one of its locks by the time that it gets the last one must not run its method. */
class LostWhileWaitingTests {

    @Test
    void aMethodIsNotCalledWithoutItsFirstLock() {
        isNotCalled(move -> start(() -> {
            move.now();
            return "moved";
        }));
    }

    @Test
    void aMethodWithAFutureIsNotCalledWithoutItsFirstLock() {
        isNotCalled(Move::later);
    }

    @Test
    void aMethodWithAMonoIsNotCalledWithoutItsFirstLock() {
        isNotCalled(move -> move.reactive().toFuture());
    }

    private static void isNotCalled(Function<Move, CompletableFuture<String>> caller) {
        runner().withBean(Move.class).run(context -> {
            Move move = context.getBean(Move.class);
            LockHandle target = otherInstance(context).lock(LockRequest.of("to"));
            CompletableFuture<String> call = caller.apply(move);
            awaitWaiting(context, 1);
            assertThat(isLocked(context, "from")).isTrue();

            time(context).advance(Duration.ofSeconds(2));
            target.unlock();

            assertThat(call)
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(LockExpiredException.class);
            assertThat(move.calls()).isZero();
            await().until(() -> !isLocked(context, "to"));
        });
    }

    static class Move {

        private final AtomicInteger calls = new AtomicInteger();

        int calls() {
            return calls.get();
        }

        @HamsterLocked(name = "from", maxHold = "1s")
        @HamsterLocked(name = "to", waitFor = "10s")
        public void now() {
            calls.incrementAndGet();
        }

        @HamsterLocked(name = "from", maxHold = "1s")
        @HamsterLocked(name = "to", waitFor = "10s")
        public CompletableFuture<String> later() {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture("moved");
        }

        @HamsterLocked(name = "from", maxHold = "1s")
        @HamsterLocked(name = "to", waitFor = "10s")
        public Mono<String> reactive() {
            return Mono.fromSupplier(() -> {
                calls.incrementAndGet();
                return "moved";
            });
        }
    }
}
