package io.hamster.spring.hash.cloud;

import io.hamster.TimeSource;
import io.hamster.hash.InvalidPeerException;
import io.hamster.hash.Peer;
import io.hamster.spring.hash.FollowedPeers;
import io.hamster.spring.hash.PeerSourceState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Keeps the ring as the instances of a service are. While the discovery client fails, or knows no instance, the ring
 * stays as it was: out-of-date peers can be found dead, but with none nothing works.
 *
 * <p>The client may block, so it is asked by one thread at a time, which is neither the timer's nor that of an event nor
 * the one that starts the application. One that doesn't answer counts as failing, but isn't asked a second time beside.
 */
final class DiscoveryPeers implements SmartLifecycle, PeerSourceState {

    /** Below the web server's, so that the ring is there before the first request and until the last. */
    static final int PHASE = 2048;

    private static final Logger logger = LoggerFactory.getLogger(DiscoveryPeers.class);

    private final DiscoveryClient client;
    private final String service;
    private final FollowedPeers peers;
    private final Duration interval;
    private final Duration timeout;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final TimeSource time;
    private final AtomicInteger wanted = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final ReachableInstances reachable = new ReachableInstances();
    private Set<String> unusableWeights = Set.of();
    private @Nullable ScheduledFuture<?> timer;
    private volatile boolean running;
    private volatile CountDownLatch firstAnswer = new CountDownLatch(0);
    private volatile @Nullable Asking asking;
    private volatile @Nullable Problem problem;

    /**
     * Why the ring keeps its peers.
     *
     * @param what the discovery client does or doesn't do
     * @param answered whether it answered, though with nothing that can be used
     * @param since when this began
     */
    private record Problem(String what, boolean answered, Instant since) {}

    /**
     * A question to the client that it hasn't answered yet.
     *
     * @param sinceNanos when it was asked, by the monotonic clock
     * @param since when it was asked, to say so
     */
    private record Asking(long sinceNanos, Instant since) {}

    DiscoveryPeers(
            DiscoveryClient client,
            String service,
            FollowedPeers peers,
            Duration interval,
            Duration timeout,
            ScheduledExecutorService scheduler,
            Executor executor,
            TimeSource time) {
        this.client = client;
        this.service = service;
        this.peers = peers;
        this.interval = interval;
        this.timeout = timeout;
        this.scheduler = scheduler;
        this.executor = executor;
        this.time = time;
    }

    /** Asks for the instances and waits for them, as long as that may take, so that the first request finds a ring. */
    @Override
    public void start() {
        CountDownLatch first = new CountDownLatch(1);
        firstAnswer = first;
        running = true;
        refreshSoon();
        timer = scheduler.scheduleWithFixedDelay(
                this::refreshAgain, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        try {
            if (!first.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                keepForWantOfAnswer();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refreshAgain() {
        if (isOverdue(asking)) {
            keepForWantOfAnswer();
        }
        refreshSoon();
    }

    private boolean isOverdue(@Nullable Asking current) {
        return current != null && time.nanoTime() - current.sinceNanos() >= timeout.toNanos();
    }

    @EventListener({HeartbeatEvent.class, InstanceRegisteredEvent.class})
    void refreshSoon() {
        if (!running || wanted.getAndIncrement() != 0) {
            return;
        }
        try {
            executor.execute(this::refreshAsWanted);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The error is what a pool throws that gets no thread: no reason to ask never again.
            wanted.set(0);
            firstAnswer.countDown();
            keep("couldn't be asked for " + service + " for want of a thread", false, e);
        }
    }

    private void refreshAsWanted() {
        int seen = wanted.get();
        do {
            refresh();
            firstAnswer.countDown();
            seen = wanted.addAndGet(-seen);
        } while (seen != 0);
    }

    private void refresh() {
        try {
            List<ServiceInstance> known = ask();
            List<ServiceInstance> instances = reachable.of(known);
            if (instances.isEmpty()) {
                keep(
                        known.isEmpty()
                                ? "knows no instance of " + service
                                : "knows only instances of " + service + " without a valid host name",
                        true,
                        null);
            } else {
                adopt(instances);
            }
        } catch (InvalidPeerException e) {
            keep("knows instances of " + service + " that the ring has no place for", true, e);
        } catch (Throwable e) {
            // Errors too: nobody would ask again.
            keep("failed with " + e.getClass().getSimpleName() + " when asked for " + service, false, e);
        }
    }

    private List<ServiceInstance> ask() {
        asking = new Asking(time.nanoTime(), time.instant());
        try {
            return client.getInstances(service);
        } finally {
            lock.lock();
            try {
                asking = null;
            } finally {
                lock.unlock();
            }
        }
    }

    private void keepForWantOfAnswer() {
        lock.lock();
        try {
            // Under the lock, so that this can't follow what the answer brings.
            Asking current = asking;
            if (current != null) {
                keep(unanswered(current), null);
            }
        } finally {
            lock.unlock();
        }
    }

    private void adopt(List<ServiceInstance> instances) {
        List<Peer> found = instances.stream().map(InstancePeers::peer).toList();
        lock.lock();
        try {
            if (!running) {
                return;
            }
            peers.follow(found);
        } finally {
            lock.unlock();
        }
        warnOfWeights(instances);
        if (problem != null) {
            problem = null;
            logger.info("The discovery client knows the instances of {} again: {}", service, found.size());
        }
    }

    private Problem unanswered(Asking current) {
        return new Problem("hasn't answered when asked for " + service, false, current.since());
    }

    private void keep(String what, boolean answered, @Nullable Throwable cause) {
        keep(new Problem(what, answered, time.instant()), cause);
    }

    private void keep(Problem now, @Nullable Throwable cause) {
        Problem before = problem;
        if (before == null || !before.what().equals(now.what())) {
            problem = now;
            logger.warn("The discovery client {}; the ring keeps the peers it has", now.what(), cause);
        }
    }

    private void warnOfWeights(List<ServiceInstance> instances) {
        Set<String> now = new HashSet<>();
        for (ServiceInstance instance : instances) {
            InstancePeers.unusableWeight(instance).ifPresent(weight -> {
                String named = InstancePeers.id(instance) + "=" + weight;
                if (now.add(named) && !unusableWeights.contains(named)) {
                    InstancePeers.warnOfWeight(logger, instance, weight);
                }
            });
        }
        unusableWeights = now;
    }

    @Override
    public Optional<String> problem() {
        return currentProblem()
                .map(present -> "The discovery client " + present.what() + " since " + present.since()
                        + "; the last peers are kept");
    }

    @Override
    public boolean isAnswering() {
        return currentProblem().map(Problem::answered).orElse(true);
    }

    private Optional<Problem> currentProblem() {
        Asking current = asking;
        Problem known = problem;
        if ((known == null || known.answered()) && current != null && isOverdue(current)) {
            // By the clock, as the timer may look at the question much later.
            known = unanswered(current);
        }
        return Optional.ofNullable(known);
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            running = false;
        } finally {
            lock.unlock();
        }
        ScheduledFuture<?> scheduled = timer;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
