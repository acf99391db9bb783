package io.hamster.cluster;

import io.hamster.Codec;
import io.hamster.HamsterException;
import io.hamster.TimeSource;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calling side of remote calls. Replies complete a {@link PendingCall} on whichever thread brings them; decoding and
 * what the application hangs on the result happen on the waiting thread or the executor.
 */
final class Calls {

    private final @Nullable Codec codec;
    private final RpcSettings settings;
    private final TimeSource time;
    private final Threads threads;
    private final CallListeners listeners;
    private final Supplier<String> traceIds;
    private final Functions functions;
    private final Route route;
    private final Set<PendingCall> pending = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger();

    Calls(
            @Nullable Codec codec,
            RpcSettings settings,
            TimeSource time,
            Threads threads,
            CallListeners listeners,
            Supplier<String> traceIds,
            Functions functions,
            Route route) {
        this.codec = codec;
        this.settings = settings;
        this.time = time;
        this.threads = threads;
        this.listeners = listeners;
        this.traceIds = traceIds;
        this.functions = functions;
        this.route = route;
    }

    /** What calls need to know of the cluster. */
    interface Route {

        /** Throws if calls can't be made now. */
        void requireReady(boolean ignoreNotReady);

        Members members();

        CompletionStage<byte[]> send(Node to, byte[] message, Duration timeout);
    }

    /** Who ends a call that gets no answer: a timer for each would wake another thread for most. */
    private enum Patience {
        OF_A_TIMER,
        OF_THE_WAITING_THREAD
    }

    /** An argument as bytes, once for all nodes it goes to. */
    record Payload(byte @Nullable [] bytes) {}

    <R> Optional<R> call(RemoteCall<R> call) {
        String node = requireNode(call);
        Under<R> under = begin(call, node, () -> payload(call), Patience.OF_THE_WAITING_THREAD);
        byte[] reply;
        try {
            reply = under.pending().reply().get(timeout(call).toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw under.finish(rethrowable(e.getCause()));
        } catch (TimeoutException e) {
            RuntimeException error = timedOut(call, node);
            under.pending().fail(error);
            throw under.finish(error);
        } catch (InterruptedException e) {
            under.pending().reply().cancel(false);
            Thread.currentThread().interrupt();
            throw under.finish(
                    new ClusterInterruptedException("function '" + call.function() + "' on node '" + node + "'", e));
        }
        return under.finish(reply);
    }

    <R> CompletableFuture<Optional<R>> callAsync(RemoteCall<R> call) {
        String node = requireNode(call);
        requireCodec();
        return callAsync(call, node, () -> payload(call));
    }

    <R> CompletableFuture<Map<String, CallResult<R>>> broadcast(RemoteCall<R> call) {
        requireCodec();
        Payload payload;
        try {
            payload = payload(call);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return Broadcast.gather(route.members().alive(), node -> this.<R>callAsync(call, node, () -> payload));
    }

    void membersChanged(Members members) {
        for (PendingCall call : pending) {
            if (!members.isAlive(call.node())) {
                call.fail(new NodeUnreachableException(
                        "Node '" + call.node() + "' was lost while it was asked for '" + call.function()
                                + "', which may have run there",
                        null));
            }
        }
    }

    void failAll(String why) {
        for (PendingCall call : pending) {
            call.fail(new ClusterNotReadyException(
                    "The call of '" + call.function() + "' on node '" + call.node() + "' was given up: " + why));
        }
    }

    private <R> CompletableFuture<Optional<R>> callAsync(RemoteCall<R> call, String node, Supplier<Payload> payload) {
        Under<R> under;
        try {
            under = begin(call, node, payload, Patience.OF_A_TIMER);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Optional<R>> result = new CompletableFuture<>();
        under.pending().reply().whenComplete((reply, error) -> {
            try {
                threads.run(() -> end(under, result, reply, error));
            } catch (Throwable e) {
                // On a thread that has other work; but there is none to be had, and nobody else would end it.
                result.completeExceptionally(under.finish(e));
            }
        });
        result.whenComplete((value, error) -> under.pending().reply().cancel(false));
        return result;
    }

    private static <R> void end(
            Under<R> under, CompletableFuture<Optional<R>> result, byte @Nullable [] reply, @Nullable Throwable error) {
        try {
            if (reply == null) {
                throw under.finish(rethrowable(error));
            }
            result.complete(under.finish(reply));
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /** Sends the call; its errors up to then are thrown, and listeners know of them. */
    private <R> Under<R> begin(RemoteCall<R> call, String node, Supplier<Payload> payload, Patience patience) {
        requireCodec();
        Map<String, String> headers = new HashMap<>();
        RemoteCallListener.Outgoing watched = listeners.calling(node, call.function(), headers);
        long start = time.nanoTime();
        PendingCall under = new PendingCall(node, call.function());
        Under<R> begun = new Under<>(call, under, watched, start);
        try {
            route.requireReady(call.ignoreNotReady());
            Node to = requireAlive(node);
            byte[] argument = payload.get().bytes();
            String traceId =
                    call.traceId().or(() -> TraceContext.traceId(headers)).orElseGet(traceIds);
            Duration timeout = timeout(call);
            byte[] message =
                    Wire.encode(new Wire.Request(call.function(), traceId, timeout.toMillis(), headers, argument));
            enter(under, call, node, timeout, patience);
            send(under, to, message, timeout);
            return begun;
        } catch (Throwable e) {
            begun.finish(e);
            throw e;
        }
    }

    private void enter(PendingCall under, RemoteCall<?> call, String node, Duration timeout, Patience patience) {
        if (inFlight.incrementAndGet() > settings.maxInFlight()) {
            inFlight.decrementAndGet();
            throw new RemoteCallRejectedException("Function '" + call.function() + "' wasn't called on node '" + node
                    + "': " + settings.maxInFlight() + " calls are under way here, as many as are allowed");
        }
        pending.add(under);
        Runnable cancelTimer;
        try {
            cancelTimer = patience == Patience.OF_A_TIMER
                    ? threads.schedule(() -> under.fail(timedOut(call, node)), timeout)
                    : () -> {};
        } catch (RejectedExecutionException e) {
            leave(under);
            throw new ClusterNotReadyException(
                    "Function '" + call.function() + "' wasn't called: the cluster's scheduler is shut down");
        } catch (Throwable e) {
            // Such as a thread that the scheduler couldn't get.
            leave(under);
            throw e;
        }
        under.reply().whenComplete((reply, error) -> {
            leave(under);
            cancelTimer.run();
        });
    }

    private void leave(PendingCall under) {
        pending.remove(under);
        inFlight.decrementAndGet();
    }

    private void send(PendingCall under, Node to, byte[] message, Duration timeout) {
        try {
            route.send(to, message, timeout).whenComplete((reply, error) -> {
                if (error != null) {
                    under.fail(unreachable(to, error));
                } else {
                    under.reply().complete(reply);
                }
            });
        } catch (Throwable e) {
            under.fail(unreachable(to, e));
        }
    }

    private static RuntimeException unreachable(Node to, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof ClusterException known
                ? known
                : new NodeUnreachableException("The transport failed to reach node '" + to.name() + "'", cause);
    }

    private Node requireAlive(String name) {
        Members members = route.members();
        Node node = members.node(name)
                .orElseThrow(() -> new UnknownNodeException(
                        "There is no node '" + name + "'; known are " + String.join(", ", members.names())));
        if (!members.isAlive(name)) {
            throw new NodeUnreachableException("Node '" + name + "' is lost; nothing was sent", null);
        }
        return node;
    }

    private static String requireNode(RemoteCall<?> call) {
        return call.node()
                .orElseThrow(() -> new ClusterConfigurationException(
                        "The call of '" + call.function() + "' names no node; give one, or broadcast it"));
    }

    private Codec requireCodec() {
        Codec present = codec;
        if (present == null) {
            throw new ClusterConfigurationException(
                    "Remote calls need a codec to turn arguments and results into bytes; give the cluster one (Spring:"
                            + " add Jackson, for instance spring-boot-starter-jackson)");
        }
        return present;
    }

    private Payload payload(RemoteCall<?> call) {
        Object argument = call.argument().orElse(null);
        if (argument == null) {
            return new Payload(null);
        }
        Type declared = call.argumentType()
                .or(() -> functions.argumentType(call.function()))
                .orElseGet(argument::getClass);
        if (declared instanceof Class<?> type && !boxed(type).isInstance(argument)) {
            throw new ClusterConfigurationException("Function '" + call.function() + "' takes a " + type.getName()
                    + " but is called with a " + argument.getClass().getName());
        }
        byte[] encoded = requireCodec().encode(argument, declared);
        if (encoded.length > settings.maxPayload()) {
            throw new PayloadTooLargeException("The argument of function '" + call.function() + "' has "
                    + encoded.length + " bytes; at most " + settings.maxPayload() + " are allowed");
        }
        return new Payload(encoded);
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }

    private Duration timeout(RemoteCall<?> call) {
        return call.timeout().orElse(settings.timeout());
    }

    private RemoteCallTimeoutException timedOut(RemoteCall<?> call, String node) {
        return new RemoteCallTimeoutException("Function '" + call.function() + "' on node '" + node
                + "' didn't answer within " + timeout(call).toMillis() + " ms; it may run all the same");
    }

    private static RuntimeException rethrowable(@Nullable Throwable error) {
        if (error instanceof RuntimeException known) {
            return known;
        }
        return new NodeUnreachableException("The call failed", error);
    }

    /** A call that was begun, and what is told at its end. */
    private final class Under<R> {

        private final RemoteCall<R> call;
        private final PendingCall pending;
        private final RemoteCallListener.Outgoing watched;
        private final long start;

        private Under(RemoteCall<R> call, PendingCall pending, RemoteCallListener.Outgoing watched, long start) {
            this.call = call;
            this.pending = pending;
            this.watched = watched;
            this.start = start;
        }

        private PendingCall pending() {
            return pending;
        }

        private <E extends Throwable> E finish(E error) {
            watched.finished(Duration.ofNanos(time.nanoTime() - start), Optional.of(error));
            return error;
        }

        private Optional<R> finish(byte[] reply) {
            Optional<R> result;
            try {
                result = decode(reply);
            } catch (Throwable e) {
                finish(e);
                throw e;
            }
            watched.finished(Duration.ofNanos(time.nanoTime() - start), Optional.empty());
            return result;
        }

        @SuppressWarnings("unchecked")
        private Optional<R> decode(byte[] message) {
            Wire.Reply reply;
            try {
                reply = Wire.decodeReply(message);
            } catch (IOException | UnknownVersionException e) {
                throw new NodeUnreachableException(
                        "Node '" + pending.node() + "' answered what this node can't read: " + e.getMessage(), e);
            }
            if (reply.status() != Wire.Status.OK) {
                throw error(reply);
            }
            byte[] result = reply.result();
            return result == null
                    ? Optional.empty()
                    : Optional.of((R) requireCodec().decode(result, call.resultType()));
        }

        private HamsterException error(Wire.Reply reply) {
            String function = "Function '" + pending.function() + "' on node '" + pending.node() + "'";
            return switch (reply.status()) {
                case UNKNOWN_FUNCTION ->
                    new UnknownFunctionException("Node '" + pending.node() + "' has no function '" + pending.function()
                            + "'; register it on every node");
                case BUSY -> new RemoteCallRejectedException(function + " wasn't run: " + reply.message());
                case TOO_LARGE -> new PayloadTooLargeException(reply.message());
                case CLOSED ->
                    new NodeUnreachableException("Node '" + pending.node() + "' is closing; nothing was run", null);
                case UNKNOWN_VERSION ->
                    new NodeUnreachableException(
                            "Node '" + pending.node() + "' can't read this node's calls: " + reply.message(), null);
                case OK, FAILED ->
                    new RemoteFunctionException(pending.node(), pending.function(), reply.type(), reply.message());
            };
        }
    }
}
