package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A call whose lock is granted when the machine has no thread for the method. */
class LockedCallThreadTests {

    private final AtomicInteger wanted = new AtomicInteger();

    @Test
    void goesOnWhenThereIsAThreadAgain() {
        ThreadFactory threads = HamsterExecutors.threads("hamster-");
        // The first is the one on which the lock is delivered.
        ThreadFactory scarce = task -> {
            if (wanted.incrementAndGet() == 2) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return threads.newThread(task);
        };
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class, HamsterAutoConfiguration.class, HamsterLockAutoConfiguration.class))
                .withBean(HamsterExecutors.class, () -> HamsterExecutors.create(scarce, UnaryOperator.identity()))
                .withBean(Desk.class)
                .run(context -> {
                    LockClient client = context.getBean(LockClient.class);
                    LockHandle held = client.lock(LockRequest.of("desk"));
                    CompletableFuture<String> call = context.getBean(Desk.class).serve();
                    await().until(() -> client.admin().stats().waiting() == 1);
                    wanted.set(0);

                    held.unlock();

                    assertThat(call).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("served");
                    assertThat(wanted).hasValueGreaterThanOrEqualTo(2);
                    assertThat(client.status("desk")).isEmpty();
                });
    }

    static class Desk {

        @HamsterLocked(name = "desk", waitFor = "1m")
        public CompletableFuture<String> serve() {
            return CompletableFuture.completedFuture("served");
        }
    }
}
