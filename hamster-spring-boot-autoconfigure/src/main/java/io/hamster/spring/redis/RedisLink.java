package io.hamster.spring.redis;

import io.hamster.lock.NotSentException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Hamster's own connection for commands, on the application's Lettuce client. Nothing is queued for a server that is
 * known to be away: such a command fails at once. A command that is under way when the connection breaks may be carried
 * out or not, and may be sent once more by Lettuce: its failure means "not known". Thread-safe.
 */
final class RedisLink {

    static final StringCodec CODEC = StringCodec.UTF8;

    private final LettuceConnectionFactory factory;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Reconnecting<StatefulConnection<String, String>> line;
    private final boolean cluster;

    /**
     * @param factory whose client it uses
     * @param scheduler for pauses
     * @param executor where connections are made
     * @param connected told of the primaries after each connect
     */
    RedisLink(
            LettuceConnectionFactory factory,
            ScheduledExecutorService scheduler,
            Executor executor,
            Consumer<List<StatefulRedisConnection<String, String>>> connected) {
        this.factory = factory;
        this.scheduler = scheduler;
        this.executor = executor;
        this.cluster = factory.isClusterAware();
        this.line = new Reconnecting<>(
                "commands",
                this::connect,
                connection -> primaries(connection).thenAccept(connected),
                scheduler,
                executor);
    }

    /** Has work done whenever commands can be sent again. */
    void whenUp(Runnable work) {
        line.whenUp(work);
    }

    void start() {
        line.start();
    }

    boolean isCluster() {
        return cluster;
    }

    /** Whether a command would be sent now. */
    boolean isUp() {
        StatefulConnection<String, String> connection = line.current();
        return connection != null && usable(connection);
    }

    /** Goes up whenever the connection is lost or made. In a cluster not every loss is seen. */
    long breaks() {
        return line.breaks();
    }

    private StatefulConnection<String, String> connect() {
        AbstractRedisClient client = factory.getRequiredNativeClient();
        StatefulConnection<String, String> connection = client instanceof RedisClusterClient clients
                ? clients.connect(CODEC)
                : ((RedisClient) client).connect(CODEC);
        // The lock client times its commands itself; a second timer for each would only take time.
        connection.setTimeout(Duration.ZERO);
        return connection;
    }

    ScheduledExecutorService scheduler() {
        return scheduler;
    }

    /** A further connection for publish/subscribe; not started yet. */
    Reconnecting<StatefulRedisPubSubConnection<String, String>> subscriber(
            Consumer<StatefulRedisPubSubConnection<String, String>> connected) {
        return new Reconnecting<>("publish/subscribe", this::connectPubSub, connected, scheduler, executor);
    }

    private StatefulRedisPubSubConnection<String, String> connectPubSub() {
        AbstractRedisClient client = factory.getRequiredNativeClient();
        return client instanceof RedisClusterClient clients
                ? clients.connectPubSub(CODEC)
                : ((RedisClient) client).connectPubSub(CODEC);
    }

    /** Sends one script. Its keys, if more than one, are of one slot. */
    <T, R> CompletableFuture<R> run(Call<T> call, Function<T, R> reader) {
        Awaited<R> result = new Awaited<>();
        withConnection(
                connection -> result.send(
                        connection,
                        List.of(command(
                                connection,
                                call,
                                whole -> result.send(connection, List.of(whole)),
                                (reply, failure) -> end(result, reader, reply, failure)))),
                result);
        return result;
    }

    /**
     * Sends a plain read to a single server: in a cluster commands in one go may wait for a connection to be made.
     *
     * @return completes once all of it is answered, with whether one connection has; or fails with the first failure
     */
    CompletableFuture<Boolean> run(PlainRead read) {
        Awaited<Boolean> result = new Awaited<>();
        long breaksBefore = breaks();
        List<AsyncCommand<String, String, ?>> commands = read.commands();
        AtomicInteger unanswered = new AtomicInteger(commands.size());
        commands.forEach(command -> command.whenComplete((reply, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else if (unanswered.decrementAndGet() == 0) {
                result.complete(breaks() == breaksBefore);
            }
        }));
        withConnection(connection -> result.send(connection, commands), result);
        return result;
    }

    /** Sends scripts, in one go if to a single server; each is answered for itself. */
    <T, C extends Call<T>> void runAll(List<C> calls, Answers<C, T> each) {
        CompletableFuture<Void> unsent = new CompletableFuture<>();
        unsent.whenComplete((none, failure) -> calls.forEach(call -> each.accept(call, null, failure)));
        withConnection(
                connection -> {
                    List<AsyncCommand<String, String, ?>> commands = new ArrayList<>(calls.size());
                    for (C call : calls) {
                        commands.add(command(
                                connection,
                                call,
                                connection::dispatch,
                                (reply, failure) -> each.accept(call, reply, failure)));
                    }
                    if (cluster) {
                        // Sent in one go, they would wait here for connections to their nodes to be made.
                        commands.forEach(connection::dispatch);
                    } else {
                        connection.dispatch(commands);
                    }
                },
                unsent);
    }

    /** A connection to each primary that is known at this time. */
    CompletableFuture<List<StatefulRedisConnection<String, String>>> primaries() {
        CompletableFuture<List<StatefulRedisConnection<String, String>>> result = new CompletableFuture<>();
        withConnection(connection -> copy(primaries(connection), result), result);
        return result;
    }

    private static CompletableFuture<List<StatefulRedisConnection<String, String>>> primaries(
            StatefulConnection<String, String> connection) {
        if (connection instanceof StatefulRedisConnection<String, String> single) {
            return CompletableFuture.completedFuture(List.of(single));
        }
        StatefulRedisClusterConnection<String, String> all =
                (StatefulRedisClusterConnection<String, String>) connection;
        List<CompletableFuture<StatefulRedisConnection<String, String>>> nodes = new ArrayList<>();
        for (RedisClusterNode node : all.getPartitions()) {
            if (node.is(RedisClusterNode.NodeFlag.UPSTREAM)) {
                nodes.add(all.getConnectionAsync(node.getNodeId()));
            }
        }
        return CompletableFuture.allOf(nodes.toArray(CompletableFuture[]::new))
                .thenApply(none -> nodes.stream().map(CompletableFuture::join).toList());
    }

    /** A connection to the primary that has a key, the same as long as the primary is. */
    CompletableFuture<StatefulRedisConnection<String, String>> primaryOf(String key) {
        CompletableFuture<StatefulRedisConnection<String, String>> result = new CompletableFuture<>();
        withConnection(
                connection -> {
                    if (connection instanceof StatefulRedisConnection<String, String> single) {
                        result.complete(single);
                    } else {
                        StatefulRedisClusterConnection<String, String> all =
                                (StatefulRedisClusterConnection<String, String>) connection;
                        RedisClusterNode node = all.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
                        copy(all.getConnectionAsync(node.getNodeId()), result);
                    }
                },
                result);
        return result;
    }

    /** Publishes a message by a connection of the caller's choice. */
    static CompletionStage<Long> publish(
            StatefulRedisConnection<String, String> connection, String channel, String message) {
        AsyncCommand<String, String, Long> command = new AsyncCommand<>(new OwnCommand<>(
                CommandType.PUBLISH,
                new IntegerOutput<>(CODEC),
                new CommandArgs<>(CODEC).addKey(channel).addValue(message)));
        connection.dispatch(command);
        return command;
    }

    private static <T> void copy(CompletableFuture<T> from, CompletableFuture<T> to) {
        from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    /** Sends a script on a connection of the caller's choice, which follows no redirections. */
    <T> CompletableFuture<T> runOn(StatefulRedisConnection<String, String> connection, Call<T> call) {
        Awaited<T> result = new Awaited<>();
        result.send(
                connection,
                List.of(command(
                        connection,
                        call,
                        whole -> result.send(connection, List.of(whole)),
                        (reply, failure) -> end(result, Function.identity(), reply, failure))));
        return result;
    }

    /** Throws nothing: who waits for an answer goes on with what becomes of it. */
    private void withConnection(Consumer<StatefulConnection<String, String>> work, CompletableFuture<?> unsent) {
        try {
            tryWithConnection(work, unsent);
        } catch (Throwable e) {
            unsent.completeExceptionally(e);
        }
    }

    private void tryWithConnection(Consumer<StatefulConnection<String, String>> work, CompletableFuture<?> unsent) {
        StatefulConnection<String, String> connection = line.current();
        if (connection == null) {
            line.first().whenComplete((made, failure) -> {
                if (failure == null) {
                    attempt(made, work, unsent);
                } else {
                    unsent.completeExceptionally(
                            new NotSentException("There has been no connection to Redis yet", failure));
                }
            });
        } else if (usable(connection)) {
            attempt(connection, work, unsent);
        } else {
            line.check();
            unsent.completeExceptionally(new NotSentException("The connection to Redis is down", null));
        }
    }

    private static void attempt(
            StatefulConnection<String, String> connection,
            Consumer<StatefulConnection<String, String>> work,
            CompletableFuture<?> unsent) {
        try {
            work.accept(connection);
        } catch (Throwable e) {
            unsent.completeExceptionally(e);
        }
    }

    private boolean usable(StatefulConnection<String, String> connection) {
        // A cluster's connection is many: that one of them is down says nothing of the others.
        return connection.isOpen() || (cluster && !((RedisChannelHandler<?, ?>) connection).isClosed());
    }

    /**
     * Makes a command for a script.
     *
     * @param sender sends the whole script if the server doesn't know it
     */
    private <T> AsyncCommand<String, String, T> command(
            StatefulConnection<String, String> connection,
            Call<T> call,
            Consumer<AsyncCommand<String, String, T>> sender,
            BiConsumer<@Nullable T, @Nullable Throwable> end) {
        AsyncCommand<String, String, T> command = call.command(false);
        command.whenComplete((reply, failure) -> {
            if (failure instanceof RedisNoScriptException) {
                AsyncCommand<String, String, T> whole = call.command(true);
                whole.whenComplete(end);
                sender.accept(whole);
                return;
            }
            if (!cluster && failure != null && RefusalKind.of(failure) == RefusalKind.READ_ONLY) {
                // No primary any more, and nothing need break the connection: whoever is now is found by a new one.
                line.replace(connection);
            }
            end.accept(reply, failure);
        });
        return command;
    }

    private static <T, R> void end(
            CompletableFuture<R> result, Function<T, R> reader, @Nullable T reply, @Nullable Throwable failure) {
        if (reply == null) {
            result.completeExceptionally(
                    failure == null ? new IllegalStateException("Redis answered a script with nothing") : failure);
            return;
        }
        try {
            result.complete(reader.apply(reply));
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    void stop() {
        line.stop();
    }

    /** An answer that its caller may not want any more: then its commands aren't sent, if they aren't yet. */
    private static final class Awaited<R> extends CompletableFuture<R> {

        private volatile List<? extends AsyncCommand<String, String, ?>> commands = List.of();

        private void send(
                StatefulConnection<String, String> connection,
                List<? extends AsyncCommand<String, String, ?>> commandsToSend) {
            commands = commandsToSend;
            if (isCancelled()) {
                commandsToSend.forEach(AsyncCommand::cancel);
            } else if (commandsToSend.size() == 1) {
                connection.dispatch(commandsToSend.get(0));
            } else {
                connection.dispatch(commandsToSend);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                commands.forEach(AsyncCommand::cancel);
            }
            return cancelled;
        }
    }

    /**
     * Takes what became of one of several calls: a reply or a failure.
     *
     * @param <C> the call
     * @param <T> its reply
     */
    interface Answers<C, T> {
        void accept(C call, @Nullable T reply, @Nullable Throwable failure);
    }

    /**
     * A script with its keys and arguments.
     *
     * @param <T> its reply
     */
    interface Call<T> {

        Script script();

        /** How many of what {@link #addTo} adds first are keys. */
        int keys();

        void addTo(CommandArgs<String, String> args);

        CommandOutput<String, String, T> output();

        /** Told each time that it is sent, by Lettuce too. */
        default void sent() {}

        private AsyncCommand<String, String, T> command(boolean whole) {
            CommandArgs<String, String> args = new CommandArgs<>(CODEC);
            args.add(whole ? script().text() : script().sha()).add(keys());
            addTo(args);
            return new AsyncCommand<>(
                    new OwnCommand<>(whole ? CommandType.EVAL : CommandType.EVALSHA, output(), args, this::sent));
        }
    }
}
