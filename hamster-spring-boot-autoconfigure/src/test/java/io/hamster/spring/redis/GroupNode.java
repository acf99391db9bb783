package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.cluster.Standing;
import io.hamster.testing.redis.RedisProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What one process has of a cluster in Redis, with a network of its own. */
final class GroupNode implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofMillis(500);
    static final Duration PERIOD = Duration.ofMillis(1500);
    static final Duration SYNC = Duration.ofMillis(500);
    /** Of announcements that outlive a pause of this process. */
    static final Duration TIMEOUT = Duration.ofSeconds(15);

    final Node node;
    final RedisProxy proxy;
    final GroupLines lines;
    final RedisElector elector;
    final RedisTransport transport;
    /** How much of what its elector and transport schedule next there is no thread for. */
    final AtomicInteger unscheduled = new AtomicInteger();
    /** Whether that is kept all the same, for another thread. */
    volatile boolean keepsUnscheduled = true;

    private final RedisFixture fixture;
    private final ScheduledExecutorService scheduler = new ScheduledThreadPoolExecutor(2) {
        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            return started(() -> super.schedule(work, delay, unit));
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
            return started(() -> super.schedule(work, delay, unit));
        }

        private <F> F started(Supplier<F> schedule) {
            if (unscheduled.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                return schedule.get();
            }
            if (keepsUnscheduled) {
                schedule.get();
            }
            throw new OutOfMemoryError("unable to create native thread");
        }
    };
    private volatile Standing standing = new Standing.Electing(0, false);

    GroupNode(int port, String namespace, String name) {
        this(port, namespace, name, ElectionTimes.of(INTERVAL, PERIOD, SYNC));
    }

    GroupNode(int port, String namespace, String name, ElectionTimes times) {
        this(port, namespace, name, times, anybody -> {});
    }

    /** @param timeout how long its announcements count */
    GroupNode(int port, String namespace, String name, Duration timeout) {
        this(port, namespace, name, ElectionTimes.of(INTERVAL, PERIOD, SYNC), timeout, anybody -> {});
    }

    GroupNode(
            int port,
            String namespace,
            String name,
            ElectionTimes times,
            Consumer<RedisStandaloneConfiguration> login) {
        this(port, namespace, name, times, TIMEOUT, login);
    }

    private GroupNode(
            int port,
            String namespace,
            String name,
            ElectionTimes times,
            Duration timeout,
            Consumer<RedisStandaloneConfiguration> login) {
        node = Node.of(name, "127.0.0.1", 0);
        proxy = RedisProxy.to(port);
        RedisStandaloneConfiguration redis = new RedisStandaloneConfiguration("127.0.0.1", proxy.port());
        login.accept(redis);
        fixture = new RedisFixture(new LettuceConnectionFactory(redis), namespace);
        RedisLink link = new RedisLink(fixture.factory, fixture.scheduler, fixture.executor, primaries -> {});
        lines = new GroupLines(
                link, new GroupNames(namespace, "cluster"), UUID.randomUUID().toString(), TimeSource.system());
        elector = new RedisElector(name, lines, times, TimeSource.system(), scheduler);
        transport = new RedisTransport(
                node,
                List.of(),
                lines,
                new Announcements(lines, node, true, timeout),
                timeout,
                SYNC,
                TimeSource.system(),
                scheduler);
    }

    GroupNode(int port, String namespace, String name, Consumer<RedisStandaloneConfiguration> login) {
        this(port, namespace, name, ElectionTimes.of(INTERVAL, PERIOD, SYNC), login);
    }

    void elect(Beliefs beliefs) {
        lines.start();
        elector.start(report -> {
            beliefs.reported(node.name(), report);
            standing = report;
        });
    }

    Standing standing() {
        return standing;
    }

    boolean leads() {
        return standing instanceof Standing.Leading leading && leading.deadline() - System.nanoTime() > 0;
    }

    boolean follows(GroupNode leader) {
        return standing instanceof Standing.Following following
                && following.leader().equals(leader.node.name());
    }

    /** Who else has a name, as this process sees it. */
    CompletableFuture<Optional<Announcement>> namesake(String name) {
        Node same = Node.of(name, "127.0.0.1", 0);
        return new Announcements(lines, same, true, TIMEOUT).namesake();
    }

    /** Ends without a word to anybody, as far as Redis can tell. */
    void crash() {
        proxy.refuse(true);
    }

    @Override
    public void close() {
        proxy.refuse(false);
        elector.close();
        transport.close();
        lines.stop();
        scheduler.shutdownNow();
        fixture.close();
        proxy.close();
    }
}
