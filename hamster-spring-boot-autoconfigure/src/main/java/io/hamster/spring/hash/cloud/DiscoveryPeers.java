package io.hamster.spring.hash.cloud;

import io.hamster.TimeSource;
import io.hamster.hash.Peer;
import io.hamster.spring.hash.FollowedPeers;
import io.hamster.spring.hash.PeerSourceState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 * <p>The client may block, so it is asked by one thread at a time, neither the timer's nor that of an event.
 */
final class DiscoveryPeers implements SmartLifecycle, PeerSourceState {

    /** Below the web server's, so that the ring is there before the first request and until the last. */
    static final int PHASE = 2048;

    private static final Logger logger = LoggerFactory.getLogger(DiscoveryPeers.class);

    private final DiscoveryClient client;
    private final String service;
    private final FollowedPeers peers;
    private final Duration interval;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final TimeSource time;
    private final AtomicInteger wanted = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private Set<String> unusableWeights = Set.of();
    private @Nullable ScheduledFuture<?> timer;
    private volatile boolean running;
    private volatile @Nullable Problem problem;

    private record Problem(String what, Instant since) {}

    DiscoveryPeers(
            DiscoveryClient client,
            String service,
            FollowedPeers peers,
            Duration interval,
            ScheduledExecutorService scheduler,
            Executor executor,
            TimeSource time) {
        this.client = client;
        this.service = service;
        this.peers = peers;
        this.interval = interval;
        this.scheduler = scheduler;
        this.executor = executor;
        this.time = time;
    }

    /** Asks for the instances before it returns, so that the first request finds a ring. */
    @Override
    public void start() {
        running = true;
        refreshOn(Runnable::run);
        timer = scheduler.scheduleWithFixedDelay(
                this::refreshSoon, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    @EventListener({HeartbeatEvent.class, InstanceRegisteredEvent.class})
    void refreshSoon() {
        refreshOn(executor);
    }

    private void refreshOn(Executor thread) {
        if (!running || wanted.getAndIncrement() != 0) {
            return;
        }
        try {
            thread.execute(this::refreshAsWanted);
        } catch (RejectedExecutionException e) {
            wanted.set(0);
            logger.debug("The instances of {} aren't asked for: the application stops", service, e);
        }
    }

    private void refreshAsWanted() {
        int seen = wanted.get();
        do {
            refresh();
            seen = wanted.addAndGet(-seen);
        } while (seen != 0);
    }

    private void refresh() {
        try {
            List<ServiceInstance> instances = client.getInstances(service);
            if (instances.isEmpty()) {
                keep("knows no instance of " + service, null);
            } else {
                adopt(instances);
            }
        } catch (RuntimeException e) {
            keep("failed with " + e.getClass().getSimpleName() + " when asked for " + service, e);
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

    private void keep(String what, @Nullable Exception cause) {
        Problem before = problem;
        if (before == null || !before.what().equals(what)) {
            problem = new Problem(what, time.instant());
            logger.warn("The discovery client {}; the ring keeps the peers it has", what, cause);
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
        return Optional.ofNullable(problem)
                .map(known -> "The discovery client " + known.what() + " since " + known.since()
                        + "; the last peers are kept");
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
