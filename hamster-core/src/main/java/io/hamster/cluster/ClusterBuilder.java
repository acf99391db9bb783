package io.hamster.cluster;

import io.hamster.Codec;
import io.hamster.InvalidExpirationException;
import io.hamster.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Cluster}; checks each value at once. Not thread-safe. */
public final class ClusterBuilder {

    final Node self;
    final Elector elector;
    final Transport transport;
    final List<RemoteCallListener> callListeners = new ArrayList<>();

    @Nullable
    Codec codec;

    TimeSource time = TimeSource.system();

    @Nullable
    ScheduledExecutorService scheduler;

    @Nullable
    Executor executor;

    Supplier<String> traceIds = () -> UUID.randomUUID().toString();
    RpcSettings rpc = RpcSettings.DEFAULTS;
    boolean quiet;
    Duration readyTimeout = Duration.ofSeconds(10);
    Duration stopTimeout = Duration.ofSeconds(10);

    ClusterBuilder(Node self, Elector elector, Transport transport) {
        this.self = self;
        this.elector = elector;
        this.transport = transport;
    }

    /**
     * Sets what turns arguments and results of remote calls into bytes. Without one, registering and calling functions
     * is refused.
     *
     * @param value the codec, the same kind on every node
     * @return this builder
     */
    public ClusterBuilder codec(Codec value) {
        this.codec = value;
        return this;
    }

    /**
     * Sets the clock, which must be the elector's.
     *
     * @param value the clock; the system's by default
     * @return this builder
     */
    public ClusterBuilder time(TimeSource value) {
        this.time = value;
        return this;
    }

    /**
     * Sets what runs timers, whose work is short. It isn't shut down by the cluster, whose close must come first.
     *
     * @param value the scheduler; one of its own while running by default
     * @return this builder
     */
    public ClusterBuilder scheduler(ScheduledExecutorService value) {
        this.scheduler = value;
        return this;
    }

    /**
     * Sets what runs callbacks, functions and the completion of asynchronous calls. It must not make them wait for each
     * other: one thread for each, as with virtual threads, or a pool that grows. It isn't shut down by the cluster.
     *
     * @param value the executor; a growing pool of its own while running by default
     * @return this builder
     */
    public ClusterBuilder executor(Executor value) {
        this.executor = value;
        return this;
    }

    /**
     * Sets the bounds of remote calls.
     *
     * @param value the bounds; {@link RpcSettings#DEFAULTS} by default
     * @return this builder
     */
    public ClusterBuilder rpc(RpcSettings value) {
        this.rpc = value;
        return this;
    }

    /**
     * Sets where the trace ids of calls come from that have none of their own and no trace going on.
     *
     * @param value makes 1 to 200 characters; random UUIDs by default
     * @return this builder
     */
    public ClusterBuilder traceIds(Supplier<String> value) {
        this.traceIds = value;
        return this;
    }

    /**
     * Adds a listener to remote calls.
     *
     * @param value the listener
     * @return this builder
     */
    public ClusterBuilder callListener(RemoteCallListener value) {
        this.callListeners.add(value);
        return this;
    }

    /**
     * Sets how long {@link Cluster#awaitReady()} waits.
     *
     * @param value positive; 10 s by default
     * @return this builder
     */
    public ClusterBuilder readyTimeout(Duration value) {
        this.readyTimeout = requirePositive("readyTimeout", value);
        return this;
    }

    /**
     * Sets how long trackers may take to stop when leadership is handed over or the cluster closes.
     *
     * @param value positive; 10 s by default
     * @return this builder
     */
    public ClusterBuilder stopTimeout(Duration value) {
        this.stopTimeout = requirePositive("stopTimeout", value);
        return this;
    }

    /**
     * Logs changes of leadership at DEBUG instead of INFO and WARN: for a cluster where they mean nothing.
     *
     * @return this builder
     */
    public ClusterBuilder quiet() {
        this.quiet = true;
        return this;
    }

    /**
     * Builds the cluster, which is yet to be started.
     *
     * @return the cluster
     */
    public Cluster build() {
        return new DefaultCluster(this);
    }

    private static Duration requirePositive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new InvalidExpirationException(what + " is " + value + "; give more than zero");
        }
        return value;
    }
}
