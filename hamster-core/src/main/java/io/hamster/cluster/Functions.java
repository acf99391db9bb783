package io.hamster.cluster;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cluster.Wire.Reply;
import io.hamster.cluster.Wire.Status;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The functions of this node and the answering side of remote calls. */
final class Functions {

    private final @Nullable Codec codec;
    private final RpcSettings settings;
    private final TimeSource time;
    private final Threads threads;
    private final CallListeners listeners;
    private final Map<String, RegisteredFunction> functions = new ConcurrentHashMap<>();
    private final Set<CompletableFuture<byte[]>> answers = ConcurrentHashMap.newKeySet();
    private volatile boolean open;

    Functions(@Nullable Codec codec, RpcSettings settings, TimeSource time, Threads threads, CallListeners listeners) {
        this.codec = codec;
        this.settings = settings;
        this.time = time;
        this.threads = threads;
        this.listeners = listeners;
    }

    void register(String name, Type argumentType, @Nullable Type resultType, ClusterFunction<?, ?> function) {
        RemoteCall.requireFunction(name);
        Codec present = codec;
        if (present == null) {
            throw new ClusterConfigurationException("Function '" + name
                    + "' can't be registered: the cluster has no codec to turn arguments and results into bytes; give it"
                    + " one (Spring: add Jackson, for instance spring-boot-starter-jackson)");
        }
        @SuppressWarnings("unchecked")
        ClusterFunction<@Nullable Object, @Nullable Object> erased =
                (ClusterFunction<@Nullable Object, @Nullable Object>) function;
        Share share = new Share(settings.concurrency(), settings.queue(), settings.maxQueuedBytes(), threads);
        RegisteredFunction registered =
                new RegisteredFunction(name, argumentType, resultType, erased, present, settings.maxPayload(), share);
        if (functions.putIfAbsent(name, registered) != null) {
            throw new ClusterConfigurationException(
                    "Function '" + name + "' is registered already; give each function of a node a name of its own");
        }
    }

    Optional<Type> argumentType(String name) {
        return Optional.ofNullable(functions.get(name)).map(RegisteredFunction::argumentType);
    }

    List<String> names() {
        return functions.keySet().stream().sorted().toList();
    }

    void open() {
        open = true;
    }

    /** Takes no more calls; completes once those taken have been answered. */
    CompletableFuture<Void> close() {
        open = false;
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    }

    /** Answers a request; never blocks and never fails. */
    CompletableFuture<byte[]> answer(String caller, byte[] message) {
        long arrived = time.nanoTime();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Wire.Request request;
        try {
            request = Wire.decodeRequest(message);
        } catch (UnknownVersionException e) {
            return done(Reply.of(Status.UNKNOWN_VERSION, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return done(Reply.failed(e));
        }
        RegisteredFunction function = functions.get(request.function());
        if (!open) {
            return done(Reply.of(Status.CLOSED, ""));
        }
        if (function == null) {
            return done(Reply.of(Status.UNKNOWN_FUNCTION, ""));
        }
        byte[] argument = request.argument();
        if (argument != null && argument.length > settings.maxPayload()) {
            return done(Reply.of(
                    Status.TOO_LARGE,
                    "The argument of function '" + request.function() + "' has " + argument.length + " bytes; at most "
                            + settings.maxPayload() + " are allowed there"));
        }
        answers.add(answer);
        answer.whenComplete((reply, error) -> answers.remove(answer));
        boolean accepted = function.share()
                .submit(
                        () -> answer.complete(encoded(() -> reply(function, caller, request, arrived))),
                        message.length);
        if (!accepted) {
            answer.complete(Wire.encode(Reply.of(
                    Status.BUSY,
                    "no more than " + settings.concurrency() + " calls may run there and " + settings.queue()
                            + " wait, with " + settings.maxQueuedBytes() + " bytes")));
        }
        return answer;
    }

    private Reply reply(RegisteredFunction function, String caller, Wire.Request request, long arrived) {
        long waited = TimeUnit.NANOSECONDS.toMillis(time.nanoTime() - arrived);
        // Its caller has given up: running it would only delay those who still wait.
        return waited >= request.patienceMillis()
                ? Reply.of(Status.BUSY, "waited " + waited + " ms for its turn, longer than its caller did")
                : run(function, caller, request);
    }

    /** Whatever goes wrong, there is an answer: its caller waits for it, and so does the close. */
    private static byte[] encoded(Supplier<Reply> reply) {
        try {
            return Wire.encode(reply.get());
        } catch (Throwable e) {
            // Such as an exception whose message can't be had, or no memory for the answer.
            return Wire.encode(Reply.failed(e));
        }
    }

    private Reply run(RegisteredFunction function, String caller, Wire.Request request) {
        RemoteCallListener.Incoming watched = listeners.running(caller, request.function(), request.headers());
        try {
            Reply reply = TraceContext.within(request.traceId(), () -> function.run(request.argument()));
            watched.finished(Optional.empty());
            return reply;
        } catch (Throwable e) {
            watched.finished(Optional.of(e));
            return e instanceof PayloadTooLargeException
                    ? Reply.of(Status.TOO_LARGE, String.valueOf(e.getMessage()))
                    : Reply.failed(e);
        }
    }

    private static CompletableFuture<byte[]> done(Reply reply) {
        return CompletableFuture.completedFuture(Wire.encode(reply));
    }
}
