package io.hamster.cluster;

import io.hamster.InvalidExpirationException;
import io.hamster.InvalidKeyException;
import io.hamster.Keys;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call of a function on another node, or on this one. Immutable; can be made any number of times.
 *
 * <pre>{@code
 * RemoteCall<Stock> call = RemoteCall.function("stock")
 *         .node("node2")
 *         .argument(new Sku("4711"))
 *         .returning(Stock.class)
 *         .timeout(Duration.ofSeconds(1))
 *         .build();
 * Optional<Stock> stock = cluster.call(call);
 * }</pre>
 *
 * @param <R> the type of the result
 */
public final class RemoteCall<R> {

    private static final int MAX_NAME = 200;
    private static final int MAX_TRACE_ID = 200;
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    private final String function;
    private final Type resultType;
    private final @Nullable String node;
    private final @Nullable Object argument;
    private final @Nullable Type argumentType;
    private final @Nullable Duration timeout;
    private final @Nullable String traceId;
    private final boolean ignoreNotReady;

    private RemoteCall(Builder<R> from) {
        this.function = from.function;
        this.resultType = from.resultType;
        this.node = from.node;
        this.argument = from.argument;
        this.argumentType = from.argumentType;
        this.timeout = from.timeout;
        this.traceId = from.traceId;
        this.ignoreNotReady = from.ignoreNotReady;
    }

    /**
     * Begins a call.
     *
     * @param name the function's name; 1 to 200 characters, no control characters
     * @return a builder whose result type is whatever the codec makes of an undeclared type
     */
    public static Builder<Object> function(String name) {
        return new Builder<>(requireFunction(name));
    }

    static String requireFunction(String name) {
        Keys.requireCharacters("Function name", name, MAX_NAME, InvalidKeyException::new);
        return Keys.requireNoControlCharacters("Function name", name, InvalidKeyException::new);
    }

    static Duration requireTimeout(String what, Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new InvalidExpirationException(what + " is " + timeout + "; give 1 ms to 1 day");
        }
        return timeout;
    }

    /**
     * What is called.
     *
     * @return the function's name
     */
    public String function() {
        return function;
    }

    /**
     * Where it is called.
     *
     * @return the node's name; empty in a call that is only for {@link Cluster#broadcast}
     */
    public Optional<String> node() {
        return Optional.ofNullable(node);
    }

    /**
     * What it is called with.
     *
     * @return the argument; empty if the function takes none
     */
    public Optional<Object> argument() {
        return Optional.ofNullable(argument);
    }

    /**
     * The declared type of the argument.
     *
     * @return the type; empty if it is that of the function registered here, else the argument's own class
     */
    public Optional<Type> argumentType() {
        return Optional.ofNullable(argumentType);
    }

    /**
     * What the result is decoded as.
     *
     * @return the type; {@code Object} unless declared
     */
    public Type resultType() {
        return resultType;
    }

    /**
     * How long the caller waits.
     *
     * @return the timeout; empty for the cluster's default
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * What joins the logs of both nodes.
     *
     * @return the trace id; empty for the current trace's, else a new one
     */
    public Optional<String> traceId() {
        return Optional.ofNullable(traceId);
    }

    /**
     * Whether the call goes ahead while there is no leader.
     *
     * @return false unless asked for
     */
    public boolean ignoreNotReady() {
        return ignoreNotReady;
    }

    @Override
    public String toString() {
        return "RemoteCall[function=" + function + ", node=" + (node == null ? "all" : node) + "]";
    }

    /**
     * Builds a call; checks each value at once. Not thread-safe.
     *
     * @param <R> the type of the result
     */
    public static final class Builder<R> {

        private final String function;
        private Type resultType = Object.class;
        private @Nullable String node;
        private @Nullable Object argument;
        private @Nullable Type argumentType;
        private @Nullable Duration timeout;
        private @Nullable String traceId;
        private boolean ignoreNotReady;

        private Builder(String function) {
            this.function = function;
        }

        /**
         * Sets where it is called; {@link Cluster#broadcast} goes to every node alive instead.
         *
         * @param name a node's name
         * @return this builder
         */
        public Builder<R> node(String name) {
            this.node = Node.requireName(name);
            return this;
        }

        /**
         * Sets the argument. Its declared type is the one the function is registered with on this node, if it is, else
         * its own class.
         *
         * @param value the argument
         * @return this builder
         */
        public Builder<R> argument(Object value) {
            this.argument = value;
            this.argumentType = null;
            return this;
        }

        /**
         * Sets the argument and its declared type, for generic types.
         *
         * @param value the argument
         * @param type its declared type, the same as on the node that runs the function
         * @return this builder
         */
        public Builder<R> argument(Object value, Type type) {
            this.argument = value;
            this.argumentType = type;
            return this;
        }

        /**
         * Sets what the result is decoded as.
         *
         * @param type the class of the result
         * @return this builder
         * @param <T> the type of the result
         */
        public <T> Builder<T> returning(Class<T> type) {
            return returningType(type);
        }

        /**
         * Sets what the result is decoded as, for generic types.
         *
         * @param type the type of the result, which must be what {@code T} says
         * @return this builder
         * @param <T> the type of the result
         */
        @SuppressWarnings("unchecked")
        public <T> Builder<T> returningType(Type type) {
            this.resultType = type;
            return (Builder<T>) this;
        }

        /**
         * Sets how long the caller waits. A function that has waited for its turn as long isn't started any more; one
         * that runs isn't stopped, and one whose node gets the call late, since it was paused, may still run.
         *
         * @param howLong 1 ms to 1 day
         * @return this builder
         */
        public Builder<R> timeout(Duration howLong) {
            this.timeout = requireTimeout("Timeout of the call of '" + function + "'", howLong);
            return this;
        }

        /**
         * Sets what joins the logs of both nodes.
         *
         * @param id 1 to 200 characters, no control characters
         * @return this builder
         */
        public Builder<R> traceId(String id) {
            Keys.requireCharacters("Trace id", id, MAX_TRACE_ID, InvalidKeyException::new);
            this.traceId = Keys.requireNoControlCharacters("Trace id", id, InvalidKeyException::new);
            return this;
        }

        /**
         * Lets the call go ahead while there is no leader.
         *
         * @return this builder
         */
        public Builder<R> ignoreNotReady() {
            this.ignoreNotReady = true;
            return this;
        }

        /**
         * Builds the call.
         *
         * @return the call
         */
        public RemoteCall<R> build() {
            return new RemoteCall<>(this);
        }
    }
}
