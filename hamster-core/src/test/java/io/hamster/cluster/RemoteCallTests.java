package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.Codec;
import io.hamster.CodecException;
import io.hamster.InvalidExpirationException;
import io.hamster.InvalidKeyException;
import io.hamster.testing.ManualTime;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calling side: deadlines, errors, bounds. Everything runs on this thread. */
class RemoteCallTests {

    private static final Node A = Node.of("a", "127.0.0.1", 1);
    private static final Node B = Node.of("b", "127.0.0.1", 2);
    private static final Node C = Node.of("c", "127.0.0.1", 3);

    private final ManualTime time = new ManualTime();
    private final ScriptedElector elector = new ScriptedElector();
    private final ScriptedTransport transport = new ScriptedTransport(A, B, C);
    private final List<String> outcomes = new ArrayList<>();
    private String traceparent = "";
    private final Starvation machine = new Starvation();
    private Runnable inTheCodec = () -> {};
    private final Cluster cluster = Cluster.builder(A, elector, transport)
            .codec(new FragileCodec())
            .time(time)
            .scheduler(machine.scheduler(time.scheduler()))
            .executor(machine.executor(Runnable::run))
            .traceIds(() -> "made-up")
            .rpc(new RpcSettings(Duration.ofSeconds(3), 1024, 5, 4, 10))
            .callListener(new Recorder())
            .build();

    @BeforeEach
    void start() {
        cluster.start();
        elector.follows(1, "b");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void completesWithTheAnswerOnce() {
        CompletableFuture<Optional<String>> answer = cluster.callAsync(echo("b").build());
        assertThat(answer.getNow(null)).isNull();

        reply(0, Wire.Reply.ok("one".getBytes()));
        reply(0, Wire.Reply.ok("two".getBytes()));
        time.advance(Duration.ofDays(1));

        assertThat(answer).isCompletedWithValue(Optional.of("one"));
        assertThat(outcomes).containsExactly("b echo ok 0");
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void completesOnceThereIsAThreadForThat() {
        CompletableFuture<Optional<String>> answer = cluster.callAsync(echo("b").build());
        machine.beginWithoutExecutor();
        reply(0, Wire.Reply.ok("one".getBytes()));
        assertThat(answer).isNotDone();

        machine.end();
        time.advance(Duration.ofSeconds(1));

        assertThat(answer).isCompletedWithValue(Optional.of("one"));
    }

    @Test
    void timesOutOnceAndIgnoresALateAnswer() {
        CompletableFuture<Optional<String>> byDefault =
                cluster.callAsync(echo("b").build());
        CompletableFuture<Optional<String>> short_ =
                cluster.callAsync(echo("b").timeout(Duration.ofMillis(10)).build());

        time.advance(Duration.ofMillis(9));
        assertThat(short_).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertFailed(short_, RemoteCallTimeoutException.class, "'echo' on node 'b' didn't answer within 10 ms");
        assertThat(byDefault).isNotDone();
        reply(1, Wire.Reply.ok("late".getBytes()));
        time.advance(Duration.ofMillis(2990));

        assertFailed(byDefault, RemoteCallTimeoutException.class, "3000 ms");
        assertThat(outcomes)
                .containsExactly("b echo RemoteCallTimeoutException 10", "b echo RemoteCallTimeoutException 3000");
        assertThat(transport.sent())
                .extracting(ScriptedTransport.Sent::timeout)
                .containsExactly(Duration.ofSeconds(3), Duration.ofMillis(10));
    }

    @Test
    void sendsTheCallAsItIs() throws Exception {
        cluster.callAsync(
                echo("b").traceId("trace-123").timeout(Duration.ofSeconds(2)).build());

        Wire.Request request = Wire.decodeRequest(transport.sent().get(0).message());
        assertThat(request.function()).isEqualTo("echo");
        assertThat(request.traceId()).isEqualTo("trace-123");
        assertThat(request.patienceMillis()).isEqualTo(2000);
        assertThat(request.argument()).asString().isEqualTo("text");
    }

    @Test
    void takesItsTraceFromTheHeadersElseMakesOneUp() throws Exception {
        cluster.callAsync(echo("b").build());
        traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        cluster.callAsync(echo("b").build());
        traceparent = "rubbish";
        cluster.callAsync(echo("b").build());

        List<String> traceIds = new ArrayList<>();
        for (ScriptedTransport.Sent sent : transport.sent()) {
            traceIds.add(Wire.decodeRequest(sent.message()).traceId());
        }
        assertThat(traceIds).containsExactly("made-up", "4bf92f3577b34da6a3ce929d0e0e4736", "made-up");
        assertThat(Wire.decodeRequest(transport.sent().get(1).message()).headers())
                .containsOnlyKeys("traceparent");
    }

    @Test
    void failsAtOnceWhenTheNodeIsLost() {
        CompletableFuture<Optional<String>> toB = cluster.callAsync(echo("b").build());
        CompletableFuture<Optional<String>> toC = cluster.callAsync(echo("c").build());

        transport.alive("a", "c");

        assertFailed(toB, NodeUnreachableException.class, "may have run");
        assertThat(toC).isNotDone();
        assertFailed(cluster.callAsync(echo("b").build()), NodeUnreachableException.class, "nothing was sent");
        assertThat(cluster.lostNodeNames()).containsExactly("b");
        assertThat(transport.sent()).hasSize(2);
    }

    @Test
    void failsWhenTheTransportDoes() {
        CompletableFuture<Optional<String>> answer = cluster.callAsync(echo("b").build());
        transport.sent().get(0).answer().completeExceptionally(new IllegalStateException("broken pipe"));
        transport.failWith(new IllegalStateException("not connected"));

        assertFailed(answer, NodeUnreachableException.class, "node 'b'");
        assertFailed(cluster.callAsync(echo("b").build()), NodeUnreachableException.class, "node 'b'");
    }

    @Test
    void needsALeaderUnlessToldOtherwise() {
        elector.elects(2, false);

        assertFailed(cluster.callAsync(echo("b").build()), ClusterNotReadyException.class, "no leader");
        assertThat(cluster.callAsync(echo("b").ignoreNotReady().build())).isNotDone();
        assertThat(transport.sent()).hasSize(1);
    }

    @Test
    void namesWhatIsWrong() {
        assertFailed(cluster.callAsync(echo("d").build()), UnknownNodeException.class, "known are a, b, c");
        assertFailed(
                cluster.callAsync(RemoteCall.function("echo")
                        .node("b")
                        .argument("x".repeat(1025))
                        .build()),
                PayloadTooLargeException.class,
                "1025 bytes; at most 1024");
        assertFailed(
                cluster.callAsync(
                        RemoteCall.function("echo").node("b").argument(time).build()),
                CodecException.class,
                "ManualTime");
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> cluster.callAsync(RemoteCall.function("echo").build()))
                .withMessageContaining("names no node");
        assertThat(transport.sent()).isEmpty();
    }

    @Test
    void refusesAnArgumentOfAnotherTypeThanRegistered() {
        cluster.registerFunction("twice", int.class, (Integer number) -> 2 * number);

        assertFailed(
                cluster.callAsync(
                        RemoteCall.function("twice").node("b").argument("two").build()),
                ClusterConfigurationException.class,
                "takes a int but is called with a java.lang.String");
        assertThat(cluster.callAsync(RemoteCall.function("twice")
                        .node("a")
                        .argument(21)
                        .returning(Integer.class)
                        .build()))
                .isCompletedWithValue(Optional.of(42));
    }

    @Test
    void turnsEveryAnswerIntoItsError() {
        assertFailed(answered(Wire.Reply.of(Wire.Status.UNKNOWN_FUNCTION, "")), UnknownFunctionException.class, "'b'");
        assertFailed(answered(Wire.Reply.of(Wire.Status.BUSY, "full")), RemoteCallRejectedException.class, "full");
        assertFailed(answered(Wire.Reply.of(Wire.Status.TOO_LARGE, "9 MB")), PayloadTooLargeException.class, "9 MB");
        assertFailed(answered(Wire.Reply.of(Wire.Status.CLOSED, "")), NodeUnreachableException.class, "closing");
        assertFailed(answered(Wire.Reply.of(Wire.Status.UNKNOWN_VERSION, "v2")), NodeUnreachableException.class, "v2");
        assertFailed(
                answered(Wire.Reply.failed(new IllegalStateException("sold out"))),
                RemoteFunctionException.class,
                "java.lang.IllegalStateException: sold out");
        assertThat(answered(Wire.Reply.ok(null))).isCompletedWithValue(Optional.empty());
    }

    @Test
    void survivesAnAnswerThatIsRubbish() {
        byte[] future = {Wire.VERSION + 1, 0};
        for (byte[] bytes : List.of(new byte[0], new byte[] {1}, new byte[] {1, 99}, future, new byte[] {
            1, 0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1
        })) {
            CompletableFuture<Optional<String>> answer =
                    cluster.callAsync(echo("b").build());
            transport.sent().get(transport.sent().size() - 1).answer().complete(bytes);
            assertFailed(answer, NodeUnreachableException.class, "can't read");
        }
    }

    @Test
    void boundsCallsUnderWay() {
        List<CompletableFuture<Optional<String>>> calls = IntStream.range(0, 5)
                .mapToObj(i -> cluster.callAsync(echo("b").build()))
                .toList();

        assertFailed(cluster.callAsync(echo("b").build()), RemoteCallRejectedException.class, "5 calls are under way");
        reply(0, Wire.Reply.ok("done".getBytes()));
        assertThat(calls.get(1).cancel(false)).isTrue();

        assertThat(cluster.callAsync(echo("b").build())).isNotDone();
        assertThat(cluster.callAsync(echo("b").build())).isNotDone();
        assertFailed(cluster.callAsync(echo("b").build()), RemoteCallRejectedException.class, "5 calls");
        assertThat(outcomes).contains("b echo CancellationException 0");
    }

    @Test
    void keepsNoPlaceForACallThatItsSchedulerHasNoThreadFor() {
        machine.begin();
        assertThatCode(() -> {
                    for (int i = 0; i < 6; i++) {
                        assertFailed(cluster.callAsync(echo("b").build()), OutOfMemoryError.class, "native thread");
                    }
                })
                .doesNotThrowAnyException();
        machine.end();

        assertThat(cluster.callAsync(echo("b").build())).isNotDone();
        assertThat(outcomes).hasSize(6).containsOnly("b echo OutOfMemoryError 0");
    }

    @Test
    void keepsNoPlaceForACallThatTheTransportFailsWithAnError() {
        transport.failWith(new NoClassDefFoundError("planned"));

        for (int i = 0; i < 6; i++) {
            assertThatExceptionOfType(NodeUnreachableException.class)
                    .isThrownBy(() -> cluster.call(echo("b").build()))
                    .withCauseInstanceOf(NoClassDefFoundError.class);
        }
        assertThat(outcomes).hasSize(6).containsOnly("b echo NodeUnreachableException 0");
    }

    @Test
    void tellsItsListenersOfAnErrorInTheCodec() {
        CompletableFuture<Optional<String>> answer = cluster.callAsync(echo("b").build());
        inTheCodec = () -> {
            throw new NoClassDefFoundError("planned");
        };

        assertFailed(cluster.callAsync(echo("b").build()), NoClassDefFoundError.class, "planned");
        reply(0, Wire.Reply.ok("one".getBytes()));

        assertFailed(answer, NoClassDefFoundError.class, "planned");
        assertThat(outcomes).containsExactly("b echo NoClassDefFoundError 0", "b echo NoClassDefFoundError 0");
    }

    @Test
    void failsACallWhoseEndThereIsNoThreadFor() {
        CompletableFuture<Optional<String>> answer = cluster.callAsync(echo("b").build());
        machine.begin();

        reply(0, Wire.Reply.ok("one".getBytes()));

        assertFailed(answer, OutOfMemoryError.class, "native thread");
        assertThat(outcomes).containsExactly("b echo OutOfMemoryError 0");
        machine.end();
    }

    @Test
    void failsCallsUnderWayWhenItCloses() {
        CompletableFuture<Optional<String>> answer = cluster.callAsync(echo("b").build());

        cluster.close();

        assertFailed(answer, ClusterNotReadyException.class, "closed");
        assertFailed(cluster.callAsync(echo("b").ignoreNotReady().build()), ClusterNotReadyException.class, "closed");
        assertThat(time.pendingTasks()).isZero();
        assertThat(transport.closed()).isTrue();
    }

    @Test
    void asksEveryNodeAliveAndKeepsTheirFailuresApart() {
        cluster.registerFunction("echo", String.class, text -> text + " here");
        transport.alive("a", "b");

        CompletableFuture<Map<String, CallResult<String>>> all =
                cluster.broadcast(echo("c").timeout(Duration.ofSeconds(1)).build());
        assertThat(all).isNotDone();
        time.advance(Duration.ofSeconds(1));

        Map<String, CallResult<String>> results = all.join();
        assertThat(results).containsOnlyKeys("a", "b");
        assertThat(results.get("a").value()).contains("text here");
        assertThat(results.get("a").isSuccess()).isTrue();
        assertThat(results.get("b").error()).containsInstanceOf(RemoteCallTimeoutException.class);
        assertFailed(
                cluster.broadcast(RemoteCall.function("echo").argument(time).build()),
                ClusterConfigurationException.class,
                "takes a java.lang.String");
    }

    @Test
    void checksWhatACallIsBuiltFrom() {
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> RemoteCall.function(""));
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> RemoteCall.function("a\nb"));
        RemoteCall.Builder<Object> call = RemoteCall.function("echo");
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> call.node(""));
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> call.traceId("x".repeat(201)));
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> call.timeout(Duration.ZERO))
                .withMessageContaining("1 ms to 1 day");
        assertThatExceptionOfType(InvalidExpirationException.class).isThrownBy(() -> call.timeout(Duration.ofDays(2)));
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> new RpcSettings(Duration.ofSeconds(1), 1024, 0, 1, 1))
                .withMessage("maxInFlight is 0; give 1 to 1000000");
        assertThatExceptionOfType(ClusterConfigurationException.class).isThrownBy(() -> new Node("a", " ", 1, "a:1"));
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> Node.of("a", "localhost", 65_536))
                .withMessageContaining("65536");
        assertThat(Node.of("a", "::1", 80).address()).isEqualTo("[::1]:80");
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> Members.of(List.of(A, A), List.of()))
                .withMessageContaining("'a'");
    }

    private CompletableFuture<Optional<String>> answered(Wire.Reply reply) {
        CompletableFuture<Optional<String>> answer = cluster.callAsync(echo("b").build());
        reply(transport.sent().size() - 1, reply);
        return answer;
    }

    private void reply(int index, Wire.Reply reply) {
        transport.sent().get(index).answer().complete(Wire.encode(reply));
    }

    private static RemoteCall.Builder<String> echo(String node) {
        return RemoteCall.function("echo").node(node).argument("text").returning(String.class);
    }

    private static void assertFailed(CompletableFuture<?> future, Class<? extends Throwable> type, String message) {
        assertThat(future).isCompletedExceptionally();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(future::join)
                .satisfies(e -> assertThat(e.getCause()).isInstanceOf(type).hasMessageContaining(message));
    }

    private final class FragileCodec implements Codec {

        private final Codec text = new TextCodec();

        @Override
        public byte[] encode(Object value, Type type) {
            inTheCodec.run();
            return text.encode(value, type);
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            inTheCodec.run();
            return text.decode(bytes, type);
        }
    }

    private final class Recorder implements RemoteCallListener {

        @Override
        public Outgoing calling(String node, String function, Map<String, String> headers) {
            if (!traceparent.isEmpty()) {
                headers.put("traceparent", traceparent);
            }
            return (took, error) -> outcomes.add(node + " " + function + " "
                    + error.map(e -> e.getClass().getSimpleName()).orElse("ok") + " " + took.toMillis());
        }

        @Override
        public Incoming running(String caller, String function, Map<String, String> headers) {
            throw new NoClassDefFoundError("planned");
        }
    }
}
