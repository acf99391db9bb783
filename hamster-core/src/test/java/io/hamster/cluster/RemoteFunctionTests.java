package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The answering side: bounds, slow and failing functions, hostile messages. On real threads. */
class RemoteFunctionTests {

    private static final Node A = Node.of("a", "127.0.0.1", 1);
    private static final Node B = Node.of("b", "127.0.0.1", 2);
    private static final int CONCURRENCY = 4;
    private static final int QUEUE = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime();
    private final ScriptedElector elector = new ScriptedElector();
    private final ScriptedTransport transport = new ScriptedTransport(A, B);
    private final Semaphore gate = new Semaphore(0);
    private final List<String> running = new CopyOnWriteArrayList<>();
    private final Cluster cluster = Cluster.builder(A, elector, transport)
            .codec(new TextCodec())
            .time(time)
            .scheduler(time.scheduler())
            .rpc(new RpcSettings(PATIENCE, 1024, 20_000, CONCURRENCY, QUEUE))
            .callListener(new RemoteCallListener() {
                @Override
                public Incoming running(String caller, String function, Map<String, String> headers) {
                    running.add("begin " + caller + " " + function + " " + headers);
                    return error -> running.add(
                            "end " + error.map(Throwable::getMessage).orElse("ok"));
                }
            })
            .build();

    @BeforeEach
    void start() {
        cluster.registerFunction("echo", String.class, text -> text);
        cluster.registerFunction("slow", String.class, text -> {
            gate.acquire();
            return text;
        });
        cluster.start();
        elector.follows(1, "b");
    }

    @AfterEach
    void close() {
        gate.release(1_000_000);
        cluster.close();
    }

    @Test
    void boundsWhatASlowFunctionHoldsOfTenThousandCalls() {
        AtomicInteger runs = new AtomicInteger();
        cluster.registerFunction("counted", Void.class, none -> {
            runs.incrementAndGet();
            gate.acquire();
            return "done";
        });
        AtomicInteger completions = new AtomicInteger();
        List<CompletableFuture<Optional<Object>>> calls = new ArrayList<>();
        RemoteCall<Object> call = RemoteCall.function("counted").node("a").build();

        for (int i = 0; i < 10_000; i++) {
            CompletableFuture<Optional<Object>> answer = cluster.callAsync(call);
            answer.whenComplete((value, error) -> completions.incrementAndGet());
            calls.add(answer);
        }
        await().until(() -> completions.get() == 10_000 - CONCURRENCY - QUEUE);
        assertThat(cluster.callAsync(echo("meanwhile")))
                .succeedsWithin(PATIENCE)
                .isEqualTo(Optional.of("meanwhile"));
        gate.release(10_000);
        await().until(() -> completions.get() == 10_000);

        assertThat(calls.stream().filter(answer -> !answer.isCompletedExceptionally()))
                .hasSize(CONCURRENCY + QUEUE);
        assertThat(runs).hasValue(CONCURRENCY + QUEUE);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(calls.get(9_999)::join)
                .withCauseInstanceOf(RemoteCallRejectedException.class)
                .withMessageContaining("no more than 4 calls may run there and 100 wait");
    }

    @Test
    void boundsTheBytesThatWait() {
        byte[] large = request("slow", "x".repeat(1024));
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            answers.add(transport.receiver().received("b", large).toCompletableFuture());
        }

        // Four run, and of the others no more wait than 16 times the largest payload.
        assertThat(answers.stream().filter(answer -> !answer.isDone())).hasSize(CONCURRENCY + 15);
    }

    @Test
    void doesNotRunWhatItsCallerNoLongerWaitsFor() throws Exception {
        List<CompletableFuture<byte[]>> busy = new ArrayList<>();
        for (int i = 0; i < CONCURRENCY; i++) {
            busy.add(
                    transport.receiver().received("b", request("slow", "first")).toCompletableFuture());
        }
        CompletableFuture<byte[]> waiting =
                transport.receiver().received("b", request("slow", "second")).toCompletableFuture();
        time.advance(Duration.ofSeconds(2));
        gate.release(CONCURRENCY);

        Wire.Reply reply = Wire.decodeReply(waiting.get(30, TimeUnit.SECONDS));
        assertThat(reply.status()).isEqualTo(Wire.Status.BUSY);
        assertThat(reply.message()).contains("longer than its caller did");
        assertThat(busy).allSatisfy(answer -> assertThat(answer).succeedsWithin(PATIENCE));
    }

    @Test
    void runsWithTheTraceIdOfItsCaller() throws Exception {
        cluster.registerFunction("trace", Void.class, none -> MDC.get("traceId"));
        byte[] request = Wire.encode(new Wire.Request("trace", "t-1", 1000, Map.of("traceparent", "00-x"), null));

        Wire.Reply reply = Wire.decodeReply(transport.receive("b", request));

        assertThat(reply.result()).asString().isEqualTo("t-1");
        assertThat(running).containsExactly("begin b trace {traceparent=00-x}", "end ok");
    }

    @Test
    void tellsTheTypeAndMessageOfAFailureAndNothingElse() throws Exception {
        cluster.registerFunction("fail", Void.class, none -> {
            throw new IOException("disk full", new IllegalStateException("secret"));
        });
        cluster.registerFunction("overflow", Void.class, none -> {
            throw new StackOverflowError();
        });
        cluster.registerFunction("verbose", Void.class, none -> {
            throw new IllegalStateException("é".repeat(100_000));
        });

        Wire.Reply failed = Wire.decodeReply(transport.receive("b", request("fail", null)));
        assertThat(failed.status()).isEqualTo(Wire.Status.FAILED);
        assertThat(failed.type()).isEqualTo("java.io.IOException");
        assertThat(failed.message()).isEqualTo("disk full");
        assertThat(Wire.decodeReply(transport.receive("b", request("overflow", null)))
                        .type())
                .isEqualTo("java.lang.StackOverflowError");
        assertThat(Wire.decodeReply(transport.receive("b", request("verbose", null)))
                        .message())
                .hasSize(4001);
        assertThat(running).contains("end disk full");
    }

    @Test
    void answersEveryCallThoughNobodyCanTellWhatWentWrong() throws Exception {
        cluster.registerFunction("mute", Void.class, none -> {
            throw new IllegalStateException() {
                @Override
                public String getMessage() {
                    throw new UnsupportedOperationException("no message");
                }
            };
        });

        for (int i = 0; i < 2 * CONCURRENCY; i++) {
            Wire.Reply reply = Wire.decodeReply(transport
                    .receiver()
                    .received("b", request("mute", null))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS));
            assertThat(reply.status()).isEqualTo(Wire.Status.FAILED);
            assertThat(reply.type()).isEqualTo(UnsupportedOperationException.class.getName());
        }
    }

    @Test
    void doesNotCarryAnInterruptOverToTheNextCall() {
        cluster.registerFunction("interrupting", Void.class, none -> {
            boolean before = Thread.currentThread().isInterrupted();
            gate.acquireUninterruptibly();
            Thread.currentThread().interrupt();
            return "interrupted before: " + before;
        });
        List<CompletableFuture<Optional<Object>>> calls = new ArrayList<>();
        for (int i = 0; i < 2 * CONCURRENCY; i++) {
            calls.add(cluster.callAsync(
                    RemoteCall.function("interrupting").node("a").build()));
        }

        gate.release(2 * CONCURRENCY);

        assertThat(calls)
                .allSatisfy(answer -> assertThat(answer)
                        .succeedsWithin(PATIENCE)
                        .isEqualTo(Optional.of("interrupted before: false")));
    }

    @Test
    void refusesArgumentsThatAreNotOfTheRegisteredType() throws Exception {
        cluster.registerFunction("number", Integer.class, number -> number + 1);
        cluster.registerFunction("none", Void.class, none -> "ran");

        for (byte[] request :
                List.of(request("number", "not a number"), request("number", null), request("none", "something"))) {
            Wire.Reply reply = Wire.decodeReply(transport.receive("b", request));
            assertThat(reply.status()).isEqualTo(Wire.Status.FAILED);
            assertThat(reply.type()).isEqualTo("io.hamster.CodecException");
        }
        assertThat(Wire.decodeReply(transport.receive("b", request("number", "41")))
                        .result())
                .asString()
                .isEqualTo("42");
    }

    @Test
    void refusesArgumentsThatAreTooLarge() throws Exception {
        Wire.Reply reply = Wire.decodeReply(transport.receive("b", request("echo", "x".repeat(1025))));

        assertThat(reply.status()).isEqualTo(Wire.Status.TOO_LARGE);
        assertThat(running).isEmpty();
    }

    @Test
    void encodesAResultByItsDeclaredTypeIfThereIsOne() throws Exception {
        ClusterFunction<Object, Object> wrong = none -> new StringBuilder("text");
        cluster.registerFunction("declared", Void.class, CharSequence.class, wrong);

        assertThat(Wire.decodeReply(transport.receive("b", request("declared", null)))
                        .message())
                .contains("java.lang.CharSequence");
    }

    @Test
    void answersWhatItDoesNotKnow() throws Exception {
        assertThat(Wire.decodeReply(transport.receive("b", request("missing", null)))
                        .status())
                .isEqualTo(Wire.Status.UNKNOWN_FUNCTION);
        assertThat(Wire.decodeReply(transport.receive("b", new byte[] {Wire.VERSION + 1, 1, 2, 3}))
                        .status())
                .isEqualTo(Wire.Status.UNKNOWN_VERSION);
    }

    @Test
    void survivesRandomAndTruncatedMessages() {
        Random random = new Random(42);
        byte[] valid = request("echo", "text");
        for (int i = 0; i < 20_000; i++) {
            byte[] message;
            if (i % 2 == 0) {
                message = new byte[random.nextInt(64)];
                random.nextBytes(message);
            } else {
                message = Arrays.copyOf(valid, random.nextInt(valid.length + 1));
                if (message.length > 1) {
                    message[1 + random.nextInt(message.length - 1)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            if (message.length > 0 && i % 4 != 0) {
                message[0] = Wire.VERSION;
            }
            assertThatCode(() -> Wire.decodeReply(transport.receive("b", message)))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void givesUpACallWhoseCallerIsInterrupted() throws InterruptedException {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                cluster.call(
                        RemoteCall.function("slow").node("a").argument("text").build());
            } catch (RuntimeException e) {
                thrown.complete(e);
            }
        });
        caller.start();
        await().until(() -> !running.isEmpty());

        caller.interrupt();

        assertThat(thrown).succeedsWithin(PATIENCE).isInstanceOf(ClusterInterruptedException.class);
        caller.join();
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void timesOutACallThatIsWaitedFor() {
        // The thread that waits has no clock but the machine's.
        RemoteCall<Object> call = RemoteCall.function("slow")
                .node("b")
                .argument("text")
                .timeout(Duration.ofMillis(50))
                .build();

        assertThatExceptionOfType(RemoteCallTimeoutException.class)
                .isThrownBy(() -> cluster.call(call))
                .withMessageContaining("50 ms");
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void refusesASecondFunctionOfTheSameName() {
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> cluster.registerFunction("echo", String.class, text -> text))
                .withMessageContaining("'echo' is registered already");
    }

    @Test
    void answersWhatItHasTakenBeforeItsTransportCloses() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<Boolean> closedBeforeTheEnd = new CompletableFuture<>();
        cluster.registerFunction("last", Void.class, none -> {
            began.countDown();
            gate.acquire();
            closedBeforeTheEnd.complete(transport.closed());
            return "said";
        });
        CompletableFuture<byte[]> answer =
                transport.receiver().received("b", request("last", null)).toCompletableFuture();
        assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();
        Thread closer = new Thread(cluster::close);
        closer.start();
        await().until(() -> Wire.decodeReply(transport.receive("b", request("echo", "too late")))
                        .status()
                == Wire.Status.CLOSED);
        gate.release();
        closer.join();

        assertThat(closedBeforeTheEnd).isCompletedWithValue(false);
        assertThat(Wire.decodeReply(answer.join()).result()).asString().isEqualTo("said");
    }

    private static RemoteCall<Object> echo(String text) {
        return RemoteCall.function("echo").node("a").argument(text).build();
    }

    private static byte[] request(String function, String argument) {
        return Wire.encode(
                new Wire.Request(function, "t", 1000, Map.of(), argument == null ? null : argument.getBytes()));
    }
}
