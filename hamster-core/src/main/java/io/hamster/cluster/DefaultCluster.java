package io.hamster.cluster;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster over its seams: order of start and close; the rest is delegated. */
final class DefaultCluster implements Cluster {

    private static final Logger log = LoggerFactory.getLogger(DefaultCluster.class);
    private static final Duration GRACE = Duration.ofSeconds(1);
    /** Whoever asks for more means this; sums of it can be counted. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final Node self;
    private final Elector elector;
    private final Transport transport;
    private final Threads threads;
    private final Audience audience;
    private final MembersAudience watchers;
    private final RoleMachine roles;
    private final Functions functions;
    private final Calls calls;
    private final HandOver handOver;
    private final Duration readyTimeout;
    private final Duration stopTimeout;
    private final Duration drainTimeout;
    private final ReentrantLock lifecycle = new ReentrantLock();
    private volatile Phase phase = Phase.NEW;
    private volatile Members members;

    private enum Phase {
        NEW,
        RUNNING,
        CLOSING,
        CLOSED
    }

    DefaultCluster(ClusterBuilder from) {
        this.self = from.self;
        this.elector = from.elector;
        this.transport = from.transport;
        this.readyTimeout = from.readyTimeout;
        this.stopTimeout = shorter(from.stopTimeout, FOREVER);
        this.drainTimeout = shorter(from.rpc.timeout(), stopTimeout);
        this.members = alone();
        this.threads = new Threads("hamster-cluster-" + self.name(), from.scheduler, from.executor);
        this.audience = new Audience(threads);
        this.watchers = new MembersAudience(threads, this::members);
        this.roles = new RoleMachine(self.name(), from.time, threads, audience, from.quiet);
        CallListeners listeners = new CallListeners(from.callListeners);
        this.functions = new Functions(from.codec, from.rpc, from.time, threads, listeners);
        this.calls =
                new Calls(from.codec, from.rpc, from.time, threads, listeners, from.traceIds, functions, new Routes());
        this.handOver = new HandOver(roles, audience, elector, threads, stopTimeout);
    }

    @Override
    public void start() {
        lifecycle.lock();
        try {
            if (phase == Phase.RUNNING) {
                return;
            }
            members = alone();
            threads.open();
            functions.open();
            phase = Phase.RUNNING;
            watchers.changed();
            roles.start();
            try {
                transport.start(new Incoming());
                elector.start(roles::report);
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    @Override
    public void close() {
        lifecycle.lock();
        try {
            if (phase != Phase.RUNNING) {
                return;
            }
            phase = Phase.CLOSING;
            await(handOver.ended(), stopTimeout.plus(GRACE));
            boolean led = roles.stop();
            boolean stopped = awaitTrackers();
            if (led) {
                release(stopped);
            }
            quietly("elector", elector);
            // A call made elsewhere may still be answered, as long as its caller is likely to wait.
            await(functions.close(), drainTimeout);
            quietly("transport", transport);
            calls.failAll("the cluster was closed");
            roles.closed();
            await(audience.listenersIdle(), GRACE);
            threads.close();
            phase = Phase.CLOSED;
            log.debug("{} has left the cluster", self.name());
        } finally {
            lifecycle.unlock();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Members alone() {
        return Members.of(List.of(self), List.of(self.name()));
    }

    private boolean awaitTrackers() {
        if (await(audience.trackersIdle(true), stopTimeout) && audience.haveTrackersStopped()) {
            return true;
        }
        log.warn("Job trackers {} didn't stop within {}; interrupted", audience.interruptTrackers(), stopTimeout);
        return await(audience.trackersIdle(true), GRACE) && audience.haveTrackersStopped();
    }

    private void release(boolean stopped) {
        try {
            if (!await(elector.resign(stopped, true).toCompletableFuture(), stopTimeout)) {
                log.warn("{} couldn't hand leadership over before it closed; its lease runs out", self.name());
            }
        } catch (Throwable e) {
            log.warn("{} couldn't hand leadership over before it closed; its lease runs out", self.name(), e);
        }
    }

    /** Waits in real time: the close is bounded whatever has become of the scheduler. */
    private static boolean await(CompletableFuture<?> done, Duration timeout) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        try {
            while (true) {
                try {
                    done.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void quietly(String what, AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Throwable e) {
            log.warn("The {} of {} failed to close", what, self.name(), e);
        }
    }

    @Override
    public boolean isElecting() {
        return roles.role().electing();
    }

    @Override
    public boolean isReady() {
        return leader().isPresent();
    }

    @Override
    public boolean isLeader() {
        return roles.role().leads();
    }

    @Override
    public boolean isCandidate() {
        return roles.role().candidate();
    }

    @Override
    public boolean isFollower() {
        return roles.role().kind() == RoleMachine.Role.Kind.FOLLOWING;
    }

    @Override
    public boolean isClosed() {
        return phase == Phase.CLOSING || phase == Phase.CLOSED;
    }

    @Override
    public Optional<Leadership> leadership() {
        return roles.role().current();
    }

    @Override
    public Optional<Node> leader() {
        return roles.role().leaderName().flatMap(members::node);
    }

    @Override
    public Node self() {
        return self;
    }

    @Override
    public long term() {
        return roles.role().term();
    }

    @Override
    public Members members() {
        return members;
    }

    @Override
    public boolean awaitReady() {
        return awaitReady(readyTimeout);
    }

    @Override
    public boolean awaitReady(Duration timeout) {
        return roles.await(this::isReady, timeout);
    }

    @Override
    public CompletableFuture<Boolean> resign() {
        return phase == Phase.RUNNING ? handOver.begin(false) : CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletableFuture<Boolean> withdraw() {
        return phase == Phase.RUNNING ? handOver.begin(true) : CompletableFuture.completedFuture(false);
    }

    @Override
    public void addListener(ClusterListener listener) {
        audience.add(listener);
    }

    @Override
    public void removeListener(ClusterListener listener) {
        audience.remove(listener);
    }

    @Override
    public void addMembersListener(MembersListener listener) {
        watchers.add(listener);
        // A start that this check comes too early for finds the listener there.
        if (phase == Phase.RUNNING) {
            watchers.wake(listener);
        }
    }

    @Override
    public void removeMembersListener(MembersListener listener) {
        watchers.remove(listener);
    }

    @Override
    public void addJobTracker(JobTracker tracker) {
        audience.add(tracker);
    }

    @Override
    public void removeJobTracker(JobTracker tracker) {
        audience.remove(tracker);
    }

    @Override
    public List<String> jobTrackerNames() {
        return audience.trackerNames();
    }

    @Override
    public <A extends @Nullable Object> void registerFunction(
            String name, Class<A> argumentType, ClusterFunction<A, ?> function) {
        functions.register(name, argumentType, null, function);
    }

    @Override
    public void registerFunction(String name, Type argumentType, Type resultType, ClusterFunction<?, ?> function) {
        functions.register(name, argumentType, resultType, function);
    }

    @Override
    public List<String> functionNames() {
        return functions.names();
    }

    @Override
    public <R> Optional<R> call(RemoteCall<R> call) {
        return calls.call(call);
    }

    @Override
    public <R> CompletableFuture<Optional<R>> callAsync(RemoteCall<R> call) {
        return calls.callAsync(call);
    }

    @Override
    public <R> CompletableFuture<Map<String, CallResult<R>>> broadcast(RemoteCall<R> call) {
        return calls.broadcast(call);
    }

    @Override
    public String toString() {
        return "Cluster[" + self.name() + "]";
    }

    private final class Incoming implements Transport.Receiver {

        @Override
        public void membersChanged(Members latest) {
            members = latest.including(self);
            calls.membersChanged(members);
            watchers.changed();
            roles.lookAgain();
        }

        @Override
        public CompletionStage<byte[]> received(String from, byte[] message) {
            return functions.answer(from, message);
        }
    }

    private final class Routes implements Calls.Route {

        @Override
        public void requireReady(boolean ignoreNotReady) {
            if (phase != Phase.RUNNING && phase != Phase.CLOSING) {
                throw new ClusterNotReadyException(
                        phase == Phase.NEW ? "The cluster hasn't been started" : "The cluster is closed");
            }
            if (!ignoreNotReady && !isReady()) {
                throw new ClusterNotReadyException("There is no leader (alive are " + members.alive() + ", lost are "
                        + members.lost() + "); wait for one, or let the call ignore that");
            }
        }

        @Override
        public Members members() {
            return members;
        }

        @Override
        public CompletionStage<byte[]> send(Node to, byte[] message, Duration timeout) {
            // Through the same bytes and bounds as from elsewhere, so that one node alone behaves like several.
            return to.name().equals(self.name())
                    ? functions.answer(self.name(), message)
                    : transport.request(to, message, timeout);
        }
    }
}
