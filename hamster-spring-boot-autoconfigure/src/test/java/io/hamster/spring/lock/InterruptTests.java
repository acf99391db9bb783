package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.OnLost;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockLostException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InterruptTests {

    @Test
    void interruptsTheMethodAndNamesTheLossAsTheReason() {
        runner().withBean(Job.class).run(context -> {
            CountDownLatch running = new CountDownLatch(1);
            CompletableFuture<Boolean> flagAfterwards = new CompletableFuture<>();
            CompletableFuture<Object> call = start(() -> {
                try {
                    return context.getBean(Job.class).run(() -> {
                        running.countDown();
                        new CountDownLatch(1).await();
                        return "never";
                    });
                } finally {
                    flagAfterwards.complete(Thread.currentThread().isInterrupted());
                }
            });
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

            context.getBean(LockClient.class).admin().forceRelease("job");

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                    .havingCause()
                    .isInstanceOf(LockLostException.class)
                    .satisfies(loss -> assertThat(loss.getSuppressed())
                            .hasSize(1)
                            .hasOnlyElementsOfType(InterruptedException.class));
            assertThat(flagAfterwards).isCompletedWithValue(false);
        });
    }

    @Test
    @Timeout(30)
    void leavesNoInterruptBehindAMethodThatIgnoredIt() {
        runner().withBean(Job.class).run(context -> {
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> context.getBean(Job.class).run(() -> {
                        context.getBean(LockClient.class).admin().forceRelease("job");
                        while (!Thread.currentThread().isInterrupted()) {
                            Thread.onSpinWait();
                        }
                        return "done";
                    }));
            assertThat(Thread.interrupted()).isFalse();
        });
    }

    @Test
    void flaggingMethodsAreNotInterrupted() {
        runner().withBean(Job.class)
                .run(context -> assertThatExceptionOfType(LockLostException.class)
                        .isThrownBy(() -> context.getBean(Job.class).flagged(() -> {
                            CountDownLatch told = new CountDownLatch(1);
                            LockContext.current().orElseThrow().onLost(lost -> told.countDown());
                            context.getBean(LockClient.class).admin().forceRelease("flagged");
                            assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
                            assertThat(Thread.currentThread().isInterrupted()).isFalse();
                            return null;
                        })));
    }

    @Test
    void interruptsOnceAndOnlyWhileTheMethodRuns() {
        LostInterrupt interrupt = new LostInterrupt(Thread.currentThread());
        interrupt.lost();
        assertThat(Thread.interrupted()).isTrue();
        interrupt.lost();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(interrupt.end()).isTrue();

        LostInterrupt late = new LostInterrupt(Thread.currentThread());
        assertThat(late.end()).isFalse();
        late.lost();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void keepsAnInterruptThatItDidNotCause() {
        LostInterrupt interrupt = new LostInterrupt(Thread.currentThread());
        Thread.currentThread().interrupt();

        assertThat(interrupt.end()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    static class Job {

        @HamsterLocked(name = "job", onLost = OnLost.INTERRUPT)
        public Object run(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "flagged")
        public Object flagged(Callable<Object> work) throws Exception {
            return work.call();
        }
    }
}
