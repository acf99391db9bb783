package io.hamster.lock;

import io.hamster.TimeSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** Builds a {@link LockClient}; each method checks its argument at once. Not thread-safe. */
public final class LockClientBuilder {

    private static final int CLIENT_NAME_BYTES = 16;
    private static final Duration MAX_COMMAND_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WARNING = Duration.ofDays(365);
    private static final double MAX_DRIFT_MARGIN = 0.5;

    private final LockStore store;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private TimeSource time = TimeSource.system();
    private RandomGenerator random = new SplittableRandom();
    private String node = "local";
    private Duration commandTimeout = Duration.ofSeconds(2);
    private double driftMargin = 0.01;
    private Duration longHoldWarning = Duration.ofMinutes(10);
    private LockListener listener = new LockListener() {};

    LockClientBuilder(LockStore store, ScheduledExecutorService scheduler, Executor executor) {
        this.store = store;
        this.scheduler = scheduler;
        this.executor = executor;
    }

    /**
     * The clock.
     *
     * @param value the system's by default
     * @return this
     */
    public LockClientBuilder time(TimeSource value) {
        time = value;
        return this;
    }

    /**
     * Where jitter comes from. Tokens have their own, secure source.
     *
     * @param value used under a lock, needs not be thread-safe
     * @return this
     */
    public LockClientBuilder random(RandomGenerator value) {
        random = value;
        return this;
    }

    /**
     * The name under which this instance's locks are listed.
     *
     * @param value "local" by default
     * @return this
     */
    public LockClientBuilder node(String value) {
        node = value;
        return this;
    }

    /**
     * How long the store may take to answer before its answer counts as unknown.
     *
     * @param value 1 ms to 1 min; 2 s by default
     * @return this
     */
    public LockClientBuilder commandTimeout(Duration value) {
        if (value.toMillis() < 1 || value.compareTo(MAX_COMMAND_TIMEOUT) > 0) {
            throw new IllegalArgumentException("Lock command timeout " + value + " is out of range; give 1ms to 1m");
        }
        commandTimeout = value;
        return this;
    }

    /**
     * Which part of a lease a handle doesn't count on, so that it ends before the store lets others in although the
     * two machines' clocks run at different rates.
     *
     * @param value 0 to 0.5; 0.01 by default
     * @return this
     */
    public LockClientBuilder driftMargin(double value) {
        if (!(value >= 0 && value <= MAX_DRIFT_MARGIN)) {
            throw new IllegalArgumentException("Lock drift margin " + value + " is out of range; give 0 to 0.5");
        }
        driftMargin = value;
        return this;
    }

    /**
     * After which time a held lock is logged, once.
     *
     * @param value &gt; 0, at most 365 days; 10 min by default
     * @return this
     */
    public LockClientBuilder longHoldWarning(Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(LONGEST_WARNING) > 0) {
            throw new IllegalArgumentException(
                    "Lock long-hold warning " + value + " is out of range; give more than 0, at most 365 days");
        }
        longHoldWarning = value;
        return this;
    }

    /**
     * Who is told what happens to locks.
     *
     * @param value nobody by default
     * @return this
     */
    public LockClientBuilder listener(LockListener value) {
        listener = value;
        return this;
    }

    /**
     * Makes the client. It uses the scheduler only while there is a lock or a waiter.
     *
     * @return a client to be closed before its store and its executors
     */
    public LockClient build() {
        byte[] name = new byte[CLIENT_NAME_BYTES];
        new SecureRandom().nextBytes(name);
        String clientName = Base64.getUrlEncoder().withoutPadding().encodeToString(name);
        LockSettings settings = new LockSettings(node, commandTimeout, driftMargin, longHoldWarning);
        LockEngine engine = new LockEngine(
                store, settings, clientName, new Clock(time), scheduler, executor, random, new LockCounters(listener));
        return new DefaultLockClient(engine);
    }
}
