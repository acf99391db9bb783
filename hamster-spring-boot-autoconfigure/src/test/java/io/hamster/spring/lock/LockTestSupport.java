package io.hamster.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockListener;
import io.hamster.lock.LockStore;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.testing.ManualTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What tests of annotated methods share. */
final class LockTestSupport {

    private LockTestSupport() {}

    /** A context whose time only the test moves. */
    static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class, HamsterAutoConfiguration.class, HamsterLockAutoConfiguration.class))
                .withPropertyValues("hamster.test.manual-time=true");
    }

    /** Another instance of the application, on the same store. */
    static LockClient otherInstance(ApplicationContext context) {
        ManualTime time = time(context);
        return LockClient.builder(context.getBean(LockStore.class), time.scheduler(), Runnable::run)
                .time(time)
                .build();
    }

    static ManualTime time(ApplicationContext context) {
        return context.getBean(ManualTime.class);
    }

    static boolean isLocked(ApplicationContext context, String key) {
        return context.getBean(LockClient.class).status(key).isPresent();
    }

    static void awaitWaiting(ApplicationContext context, long count) {
        await().untilAsserted(() -> assertThat(
                        context.getBean(LockClient.class).admin().stats().waiting())
                .isEqualTo(count));
    }

    /** Runs work on a thread of its own. */
    static <T> CompletableFuture<T> start(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** Writes down in which order locks come and go. */
    static final class Record implements LockListener {

        final List<String> acquired = new CopyOnWriteArrayList<>();
        final List<String> released = new CopyOnWriteArrayList<>();

        @Override
        public void requested(String key, Outcome outcome, boolean contended, long waitNanos) {
            if (outcome == Outcome.ACQUIRED) {
                acquired.add(key);
            }
        }

        @Override
        public void released(String key, long holdNanos) {
            released.add(key);
        }
    }
}
