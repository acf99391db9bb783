package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.isLocked;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.LockAdmin;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

class LockLifecycleTests {

    @Test
    void releasesLocksAfterTheWebServerStoppedAndBeforeConnectionsClose() {
        List<String> events = stopOrder(runner());

        assertThat(events).containsExactly("web server: locked", "executors: locked", "connections: free");
    }

    @Test
    void doesSoIfTheClientWasMadeLate() {
        List<String> events = stopOrder(runner().withInitializer(context ->
                context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor())));

        assertThat(events).containsExactly("web server: locked", "executors: locked", "connections: free");
    }

    private static List<String> stopOrder(ApplicationContextRunner runner) {
        ManualTime time = new ManualTime();
        MemoryLockStore store = new MemoryLockStore(time, time.scheduler());
        List<String> events = new ArrayList<>();
        runner.withBean(LockStore.class, () -> store)
                .withInitializer(context -> {
                    phase(context, "web server", SmartLifecycle.DEFAULT_PHASE - 2048, events, store);
                    phase(context, "executors", SmartLifecycle.DEFAULT_PHASE / 2, events, store);
                    phase(context, "connections", 0, events, store);
                })
                .run(context -> context.getBean(LockClient.class).lock(LockRequest.of("x")));
        return events;
    }

    private static void phase(
            ConfigurableApplicationContext context, String name, int phase, List<String> events, LockStore store) {
        context.getBeanFactory().registerSingleton(name, new Phase(phase, () -> {
            boolean locked = store.status("x").toCompletableFuture().join().isPresent();
            events.add(name + ": " + (locked ? "locked" : "free"));
        }));
    }

    @Test
    void aStartedAgainContextLocksAgain() {
        runner().withBean(Service.class).run(context -> {
            LockClient client = context.getBean(LockClient.class);
            LockAdmin admin = context.getBean(LockAdmin.class);
            Lock view = client.asLock("view");
            LockHandle before = client.lock(LockRequest.of("x"));

            context.getSourceApplicationContext().stop();
            assertThat(before.isValid()).isFalse();
            assertThat(isFree(context.getBean(LockStore.class), "x")).isTrue();
            context.getSourceApplicationContext().start();

            context.getBean(Service.class).run();
            assertThat(admin.stats().acquired()).isEqualTo(1);
            view.lock();
            assertThat(isLocked(context, "view")).isTrue();
            view.unlock();
            assertThat(isLocked(context, "view")).isFalse();
        });
    }

    @Test
    void aShutdownLeavesALockThatIsToBeKeptForLonger() {
        ManualTime time = new ManualTime();
        LockStore store = new MemoryLockStore(time, time.scheduler());
        runner().withBean(ManualTime.class, () -> time)
                // A singleton from outside isn't closed with the context, as a server wouldn't be.
                .withInitializer(context -> context.getBeanFactory().registerSingleton("store", store))
                .withBean(Service.class)
                .run(context -> context.getBean(Service.class).nightly());

        assertThat(isFree(store, "nightly")).isFalse();
        time.advance(Duration.ofMinutes(1));
        assertThat(isFree(store, "nightly")).isTrue();
    }

    @Test
    void startingAndClosingLeavesNoThreadBehind() {
        Set<Thread> before = hamsterThreads();
        for (int i = 0; i < 20; i++) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            AopAutoConfiguration.class,
                            HamsterAutoConfiguration.class,
                            HamsterLockAutoConfiguration.class))
                    .withBean(Service.class)
                    .run(context -> {
                        context.getBean(Service.class).run();
                        LockClient client = context.getBean(LockClient.class);
                        client.lock(LockRequest.of("kept"));
                        client.lockAsync(LockRequest.of("kept"));
                        client.lockAsync(LockRequest.of("other")).join();
                        assertThat(hamsterThreads()).anyMatch(thread -> !before.contains(thread));
                    });
        }
        await().untilAsserted(() -> assertThat(hamsterThreads()).isSubsetOf(before));
    }

    private static Set<Thread> hamsterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hamster-") && thread.isAlive())
                .collect(Collectors.toSet());
    }

    private static boolean isFree(LockStore store, String key) {
        Optional<?> status = store.status(key).toCompletableFuture().join();
        return status.isEmpty();
    }

    static class Service {

        @HamsterLocked(name = "service")
        public String run() {
            return "ran";
        }

        @HamsterLocked(name = "nightly", atLeastFor = "1m")
        public void nightly() {}
    }

    private static final class Phase implements SmartLifecycle {

        private final int phase;
        private final Runnable onStop;
        private boolean running;

        private Phase(int phase, Runnable onStop) {
            this.phase = phase;
            this.onStop = onStop;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            onStop.run();
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }
}
