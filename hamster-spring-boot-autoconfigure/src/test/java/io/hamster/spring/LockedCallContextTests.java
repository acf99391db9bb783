package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Whose context a call goes on with that waited for another caller's release. */
class LockedCallContextTests {

    private static final ThreadLocal<String> USER = ThreadLocal.withInitial(() -> "nobody");

    @Test
    void isTheCallersOwn() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class, HamsterAutoConfiguration.class, HamsterLockAutoConfiguration.class))
                .withBean(
                        HamsterExecutors.class,
                        () -> HamsterExecutors.create(
                                HamsterExecutors.threads("hamster-"), LockedCallContextTests::withUser))
                .withBean(Desk.class)
                .run(context -> {
                    LockClient client = context.getBean(LockClient.class);
                    LockHandle held = client.lock(LockRequest.of("desk"));
                    CompletableFuture<String> ofAnn =
                            as("ann", () -> context.getBean(Desk.class).user());
                    CompletableFuture<String> ofNobody =
                            context.getBean(Desk.class).user();
                    CompletableFuture<String> callback = client.lockAsync(LockRequest.of("desk"))
                            .thenApply(handle -> {
                                handle.unlockAsync();
                                return USER.get();
                            });
                    await().until(() -> client.admin().stats().waiting() == 3);

                    as("bob", () -> {
                        held.unlock();
                        return null;
                    });

                    assertThat(ofAnn).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("ann");
                    assertThat(ofNobody).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("nobody");
                    assertThat(callback).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("nobody");
                });
    }

    @Test
    void hasTheCallersLoggingContextAndLeavesNoneBehind() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class, HamsterAutoConfiguration.class, HamsterLockAutoConfiguration.class))
                .withBean(Desk.class)
                .run(context -> {
                    MDC.put("order", "4711");
                    CompletableFuture<Logged> call;
                    try {
                        call = context.getBean(Desk.class).logged();
                    } finally {
                        MDC.remove("order");
                    }

                    assertThat(call).succeedsWithin(10, TimeUnit.SECONDS).satisfies(logged -> {
                        assertThat(logged.order()).isEqualTo("4711");
                        assertThat(logged.thread()).isNotSameAs(Thread.currentThread());
                    });
                    Executor pool = context.getBean(HamsterExecutors.class).contextFreeExecutor();
                    await().untilAsserted(() -> assertThat(CompletableFuture.supplyAsync(Logged::now, pool))
                            .succeedsWithin(10, TimeUnit.SECONDS)
                            .isEqualTo(new Logged(call.join().thread(), null)));
                });
    }

    private static <T> T as(String user, Supplier<T> work) {
        USER.set(user);
        try {
            return work.get();
        } finally {
            USER.remove();
        }
    }

    private static Runnable withUser(Runnable task) {
        String user = USER.get();
        return () -> as(user, () -> {
            task.run();
            return null;
        });
    }

    /** The thread that something ran on, and the order in its logging context. */
    record Logged(Thread thread, @Nullable String order) {

        static Logged now() {
            return new Logged(Thread.currentThread(), MDC.get("order"));
        }
    }

    static class Desk {

        @HamsterLocked(name = "log")
        public CompletableFuture<Logged> logged() {
            return CompletableFuture.completedFuture(Logged.now());
        }

        @HamsterLocked(name = "desk", waitFor = "1m")
        public CompletableFuture<String> user() {
            return CompletableFuture.completedFuture(USER.get());
        }
    }
}
