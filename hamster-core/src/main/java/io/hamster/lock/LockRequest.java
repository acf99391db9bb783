package io.hamster.lock;

import io.hamster.InvalidExpirationException;
import io.hamster.Keys;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants: which lock, for how long, and how patiently. Immutable; checked when built, so a request that
 * exists is valid. May be kept and used for many attempts.
 */
public final class LockRequest {

    private static final int MAX_KEY_BYTES = 200;
    private static final Duration MAX_EXPIRATION = Duration.ofHours(24);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(365);
    private static final Duration DEFAULT_EXPIRATION = Duration.ofSeconds(30);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final RetryStrategy DEFAULT_RETRY = RetryStrategy.exponential(3, Duration.ofMillis(100));

    private final String key;
    private final Duration expiration;
    private final Duration timeout;
    private final RetryStrategy retry;
    private final boolean autoRefresh;
    private final @Nullable Duration maxHold;
    private final Duration atLeastFor;
    private final boolean reentrant;
    private final Duration lease;
    private final long leaseNanos;

    private LockRequest(Builder builder) {
        key = builder.key;
        expiration = builder.expiration;
        timeout = builder.timeout;
        retry = builder.retry;
        autoRefresh = builder.autoRefresh;
        maxHold = builder.maxHold;
        atLeastFor = builder.atLeastFor;
        reentrant = builder.reentrant;
        lease = maxHold != null && maxHold.compareTo(expiration) < 0 ? maxHold : expiration;
        leaseNanos = lease.toNanos();
    }

    /**
     * A request with every default.
     *
     * @param key the lock's key
     * @return the request
     * @throws InvalidLockKeyException if the key is null, empty, longer than 200 bytes of UTF-8 or contains control
     *     characters
     */
    public static LockRequest of(String key) {
        return builder(key).build();
    }

    /**
     * Starts a request.
     *
     * @param key the lock's key
     * @return a builder with every default
     * @throws InvalidLockKeyException if the key is null, empty, longer than 200 bytes of UTF-8 or contains control
     *     characters
     */
    public static Builder builder(String key) {
        return new Builder(key);
    }

    /**
     * For locks that are rarely taken: 3 more attempts, 50 ms apart.
     *
     * @param key the lock's key
     * @return a builder
     */
    public static Builder lowContention(String key) {
        return builder(key).retry(RetryStrategy.fixed(3, Duration.ofMillis(50)));
    }

    /**
     * For locks that are sometimes taken: 5 more attempts after 100, 200, … 500 ms.
     *
     * @param key the lock's key
     * @return a builder
     */
    public static Builder mediumContention(String key) {
        return builder(key).retry(RetryStrategy.linear(5, Duration.ofMillis(100)));
    }

    /**
     * For locks that are mostly taken: 7 more attempts after 200, 400, 800 ms … Give it a {@code timeout} to match, the
     * default ends the wait after 5 s.
     *
     * @param key the lock's key
     * @return a builder
     */
    public static Builder highContention(String key) {
        return builder(key).retry(RetryStrategy.exponential(7, Duration.ofMillis(200)));
    }

    /**
     * A builder that starts from this request.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder(key);
        builder.expiration = expiration;
        builder.timeout = timeout;
        builder.retry = retry;
        builder.autoRefresh = autoRefresh;
        builder.maxHold = maxHold;
        builder.atLeastFor = atLeastFor;
        builder.reentrant = reentrant;
        return builder;
    }

    /**
     * The lock's key.
     *
     * @return 1 to 200 bytes of UTF-8
     */
    public String key() {
        return key;
    }

    /**
     * The lease: how long the lock lives if nobody renews it.
     *
     * @return &gt; 0, at most 24 h
     */
    public Duration expiration() {
        return expiration;
    }

    /**
     * The longest wait of {@link LockClient#lock} and its like, over all.
     *
     * @return &gt; 0
     */
    public Duration timeout() {
        return timeout;
    }

    /**
     * How a wait asks again.
     *
     * @return the strategy
     */
    public RetryStrategy retry() {
        return retry;
    }

    /**
     * Whether the lease is renewed by itself while the lock is held.
     *
     * @return true unless switched off
     */
    public boolean autoRefresh() {
        return autoRefresh;
    }

    /**
     * The longest time the lock is held, however often it is renewed.
     *
     * @return &gt; 0, at most 365 days, or empty for no limit
     */
    public Optional<Duration> maxHold() {
        return Optional.ofNullable(maxHold);
    }

    /**
     * The shortest time between the sending of the request that is granted and the moment others can have the lock, even if
     * it is released earlier.
     *
     * @return 0 or more
     */
    public Duration atLeastFor() {
        return atLeastFor;
    }

    /**
     * Whether a scope that holds the lock may take it once more.
     *
     * @return false unless switched on
     */
    public boolean reentrant() {
        return reentrant;
    }

    /** The lease that is asked for: the expiration, unless {@code maxHold} is shorter. */
    Duration lease() {
        return lease;
    }

    long leaseNanos() {
        return leaseNanos;
    }

    /** How long after its grant the lock ends for good; {@link Long#MAX_VALUE} for never. */
    long maxHoldNanos() {
        return maxHold == null ? Long.MAX_VALUE : maxHold.toNanos();
    }

    @Override
    public String toString() {
        return "LockRequest[" + Keys.shortened(key) + ", expiration=" + expiration + ", timeout=" + timeout + ", retry="
                + retry + ", autoRefresh=" + autoRefresh + ", maxHold=" + maxHold + ", atLeastFor=" + atLeastFor
                + ", reentrant=" + reentrant + "]";
    }

    /** Builds a {@link LockRequest}; each method checks its argument at once. Not thread-safe. */
    public static final class Builder {

        private final String key;
        private Duration expiration = DEFAULT_EXPIRATION;
        private Duration timeout = DEFAULT_TIMEOUT;
        private RetryStrategy retry = DEFAULT_RETRY;
        private boolean autoRefresh = true;
        private @Nullable Duration maxHold;
        private Duration atLeastFor = Duration.ZERO;
        private boolean reentrant;

        private Builder(String key) {
            Keys.requireBytes("Lock key", key, MAX_KEY_BYTES, InvalidLockKeyException::new);
            this.key = Keys.requireNoControlCharacters("Lock key", key, InvalidLockKeyException::new);
        }

        /**
         * The lease.
         *
         * @param value &gt; 0, at most 24 h; 30 s by default
         * @return this
         * @throws InvalidExpirationException if it is out of range
         */
        public Builder expiration(Duration value) {
            expiration = inRange("expiration", value, MAX_EXPIRATION, "24h");
            return this;
        }

        /**
         * The longest wait.
         *
         * @param value &gt; 0, at most 365 days; 5 s by default
         * @return this
         * @throws InvalidExpirationException if it is out of range
         */
        public Builder timeout(Duration value) {
            timeout = inRange("timeout", value, MAX_TIMEOUT, "365 days");
            return this;
        }

        /**
         * How a wait asks again.
         *
         * @param value the strategy; exponential, 3 attempts from 100 ms, by default
         * @return this
         */
        public Builder retry(RetryStrategy value) {
            retry = value;
            return this;
        }

        /**
         * Whether the lease is renewed by itself.
         *
         * @param value true by default
         * @return this
         */
        public Builder autoRefresh(boolean value) {
            autoRefresh = value;
            return this;
        }

        /**
         * The longest time the lock is held: no renewal reaches beyond it, and a longer expiration is cut to it.
         *
         * @param value &gt; 0, at most 365 days; unlimited by default
         * @return this
         * @throws InvalidExpirationException if it is out of range
         */
        public Builder maxHold(Duration value) {
            maxHold = inRange("maxHold", value, MAX_TIMEOUT, "365 days");
            return this;
        }

        /**
         * The shortest time others are kept out. A lock that is released earlier stays taken, held by nobody, until
         * then; so a short job isn't run twice by instances whose clocks differ.
         *
         * @param value 0 or more, at most 24 h; 0 by default
         * @return this
         * @throws InvalidExpirationException if it is out of range
         */
        public Builder atLeastFor(Duration value) {
            atLeastFor = value.isZero() ? value : inRange("atLeastFor", value, MAX_EXPIRATION, "24h");
            return this;
        }

        /**
         * Whether a scope that holds the lock may take it once more (see {@link LockContext}). Without effect on
         * {@link LockClient#lockAsync}, whose locks belong to no scope.
         *
         * @param value false by default
         * @return this
         */
        public Builder reentrant(boolean value) {
            reentrant = value;
            return this;
        }

        /**
         * Makes the request.
         *
         * @return the request
         * @throws InvalidExpirationException if {@code atLeastFor} is longer than {@code maxHold}, or than an expiration
         *     that isn't renewed
         */
        public LockRequest build() {
            if (maxHold != null && atLeastFor.compareTo(maxHold) > 0) {
                throw new InvalidExpirationException("Lock atLeastFor " + atLeastFor + " is longer than its maxHold "
                        + maxHold + "; shorten the one or lengthen the other");
            }
            if (!autoRefresh && atLeastFor.compareTo(expiration) > 0) {
                throw new InvalidExpirationException("Lock atLeastFor " + atLeastFor + " is longer than its expiration "
                        + expiration + ", which nothing renews; lengthen the expiration or turn autoRefresh on");
            }
            return new LockRequest(this);
        }

        private static Duration inRange(String what, Duration value, Duration max, String maxText) {
            if (value.isNegative() || value.isZero() || value.compareTo(max) > 0) {
                throw new InvalidExpirationException(
                        "Lock " + what + " " + value + " is out of range; give more than 0, at most " + maxText);
            }
            return value;
        }
    }
}
