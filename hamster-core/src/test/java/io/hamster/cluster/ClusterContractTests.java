package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.CodecException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every mode of {@link Cluster} does alike, in real time, on one node; modes that have more run {@link ClusterGroupContractTests}. */
public abstract class ClusterContractTests {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    List<Cluster> clusters = List.of();

    /**
     * Makes the nodes of one new cluster, none of them started.
     *
     * @param nodes how many
     * @param setup to be applied to each
     */
    protected abstract List<Cluster> create(int nodes, Consumer<ClusterBuilder> setup);

    @BeforeEach
    void startOne() {
        start(1);
    }

    @AfterEach
    void closeAll() {
        clusters.forEach(Cluster::close);
    }

    @Test
    void leadsAloneAndBecomesReady() {
        assertThat(one().awaitReady(PATIENCE)).isTrue();

        assertThat(one().isLeader()).isTrue();
        assertThat(one().isReady()).isTrue();
        assertThat(one().isElecting()).isFalse();
        assertThat(one().isCandidate()).isFalse();
        assertThat(one().isFollower()).isFalse();
        assertThat(one().isClosed()).isFalse();
        assertThat(one().leader()).contains(one().self());
        assertThat(one().leadership().orElseThrow().term()).isEqualTo(one().term());
        assertThat(one().nodeNames()).containsExactly(one().self().name());
        assertThat(one().aliveNodeCount()).isOne();
        assertThat(one().lostNodeNames()).isEmpty();
        assertThat(one().node("nobody")).isEmpty();
    }

    @Test
    void namesItsTrackersAndFunctions() {
        one().addJobTracker(new RecordingTracker());
        one().registerFunction("b", Void.class, none -> 1);
        one().registerFunction("a", Void.class, none -> 1);

        assertThat(one().jobTrackerNames()).containsExactly("RecordingTracker");
        assertThat(one().functionNames()).contains("a", "b").isSorted();
    }

    @Test
    void pairsCallbacksFromStartToClose() {
        RecordingTracker early = new RecordingTracker();
        one().addJobTracker(early);
        one().awaitReady(PATIENCE);
        RecordingTracker late = new RecordingTracker();
        one().addJobTracker(late);
        String start = "start " + one().term();
        await().untilAsserted(() -> assertThat(early.calls()).containsExactly(start));
        await().untilAsserted(() -> assertThat(late.calls()).containsExactly(start));

        one().close();

        assertThat(early.calls()).containsExactly(start, "stop");
        assertThat(late.calls()).containsExactly(start, "stop");
        assertThat(one().isLeader()).isFalse();
        assertThat(one().isClosed()).isTrue();
    }

    @Test
    void stopsTrackersThatAreRemoved() {
        one().awaitReady(PATIENCE);
        RecordingTracker tracker = new RecordingTracker();
        one().addJobTracker(tracker);

        one().removeJobTracker(tracker);

        await().untilAsserted(() -> assertThat(one().leadership()).isPresent());
        await().untilAsserted(
                        () -> assertThat(tracker.calls()).isIn(List.of(), List.of("start " + one().term(), "stop")));
    }

    @Test
    void startsAgainAfterClose() {
        RecordingTracker tracker = new RecordingTracker();
        one().addJobTracker(tracker);
        await().atMost(PATIENCE).until(() -> !tracker.calls().isEmpty());
        one().close();

        one().start();

        assertThat(one().awaitReady(PATIENCE)).isTrue();
        await().untilAsserted(() -> assertThat(tracker.calls()).hasSize(3));
        assertThat(tracker.calls().get(1)).isEqualTo("stop");
        assertThat(call(one(), "echo", "again")).contains("again");
    }

    @Test
    void callsItself() {
        one().awaitReady(PATIENCE);

        assertThat(call(one(), "echo", "hello")).contains("hello");
        assertThat(one().callAsync(to(one(), "echo").argument("later").build()).join())
                .isEqualTo(Optional.of("later"));
        assertThat(one().call(to(one(), "nothing").build())).isEmpty();
    }

    @Test
    void namesWhatIsWrongWithACall() {
        one().awaitReady(PATIENCE);

        assertThatExceptionOfType(UnknownNodeException.class)
                .isThrownBy(() ->
                        one().call(RemoteCall.function("echo").node("nobody").build()))
                .withMessageContaining("'nobody'")
                .withMessageContaining(one().self().name());
        assertThatExceptionOfType(UnknownFunctionException.class)
                .isThrownBy(() -> one().call(to(one(), "missing").build()))
                .withMessageContaining("'missing'");
        assertThatExceptionOfType(RemoteFunctionException.class)
                .isThrownBy(() -> one().call(to(one(), "fail").argument("why").build()))
                .satisfies(e -> assertThat(e.remoteType()).isEqualTo("java.lang.UnsupportedOperationException"))
                .satisfies(e -> assertThat(e.remoteMessage()).isEqualTo("why"))
                .withNoCause();
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> one().call(to(one(), "echo")
                        .argument("text")
                        .returning(Integer.class)
                        .build()));
        assertThatExceptionOfType(PayloadTooLargeException.class)
                .isThrownBy(() ->
                        one().call(to(one(), "echo").argument("x".repeat(2000)).build()))
                .withMessageContaining("2000 bytes");
        assertThatExceptionOfType(PayloadTooLargeException.class)
                .isThrownBy(() -> one().call(to(one(), "long").build()))
                .withMessageContaining("3000 bytes");
    }

    @Test
    void endsACallByItsTimeoutWhileOthersGoOn() {
        one().awaitReady(PATIENCE);
        CountDownLatch release = new CountDownLatch(1);
        one().registerFunction("slow", Void.class, none -> {
            release.await();
            return "late";
        });

        CompletableFuture<Optional<Object>> patient =
                one().callAsync(to(one(), "slow").build());
        CompletableFuture<Optional<Object>> impatient =
                one().callAsync(to(one(), "slow").timeout(Duration.ofMillis(50)).build());

        assertThat(call(one(), "echo", "meanwhile")).contains("meanwhile");
        assertThat(impatient)
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(RemoteCallTimeoutException.class);
        assertThat(patient.getNow(null)).isNull();
        release.countDown();
        assertThat(patient).succeedsWithin(PATIENCE).isEqualTo(Optional.of("late"));
    }

    @Test
    void callsEveryNodeAlive() {
        one().awaitReady(PATIENCE);

        Map<String, CallResult<Object>> results =
                one().broadcast(RemoteCall.function("name").build()).join();

        assertThat(results).containsOnlyKeys(one().self().name());
        assertThat(results.get(one().self().name()).value())
                .contains(one().self().name());
    }

    @Test
    void leadsAnewAfterItResigned() {
        List<ClusterEvent> events = new CopyOnWriteArrayList<>();
        one().awaitReady(PATIENCE);
        Leadership first = one().leadership().orElseThrow();
        one().addListener(events::add);

        assertThat(one().resign().join()).isTrue();

        assertThat(first.isCurrent()).isFalse();
        await().atMost(PATIENCE).until(one()::isLeader);
        assertThat(one().term()).isGreaterThanOrEqualTo(first.term());
        await().untilAsserted(() -> assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .startsWith("StopMaster", "ElectionStart")
                .endsWith("ElectionFinish", "SignMaster"));
    }

    @Test
    void leadsNoMoreOnceItHasWithdrawn() {
        RecordingTracker tracker = new RecordingTracker();
        one().addJobTracker(tracker);
        one().awaitReady(PATIENCE);
        await().until(() -> !tracker.calls().isEmpty());

        assertThat(one().withdraw().join()).isTrue();

        assertThat(one().isLeader()).isFalse();
        assertThat(tracker.calls()).hasSize(2).endsWith("stop");
        assertThat(one().callAsync(to(one(), "echo")
                                .argument("still here")
                                .ignoreNotReady()
                                .build())
                        .join())
                .isEqualTo(Optional.of("still here"));
        assertThatExceptionOfType(ClusterNotReadyException.class)
                .isThrownBy(
                        () -> one().call(to(one(), "echo").argument("no leader").build()));
    }

    final void start(int nodes) {
        closeAll();
        clusters = create(
                nodes,
                builder -> builder.codec(new TextCodec())
                        .stopTimeout(Duration.ofSeconds(20))
                        .rpc(new RpcSettings(PATIENCE, 1024, 100, 4, 10)));
        clusters.forEach(cluster -> {
            cluster.registerFunction("echo", String.class, text -> text);
            cluster.registerFunction("nothing", Void.class, none -> null);
            cluster.registerFunction("name", Void.class, none -> cluster.self().name());
            cluster.registerFunction("long", Void.class, none -> "x".repeat(3000));
            cluster.registerFunction("fail", String.class, why -> {
                throw new UnsupportedOperationException(why);
            });
        });
        clusters.forEach(Cluster::start);
    }

    private Cluster one() {
        return clusters.get(0);
    }

    static RemoteCall.Builder<Object> to(Cluster cluster, String function) {
        return RemoteCall.function(function).node(cluster.self().name());
    }

    static Optional<String> call(Cluster cluster, String function, String argument) {
        return cluster.call(
                to(cluster, function).argument(argument).returning(String.class).build());
    }

    /** Names for the nodes of a mode that has no better ones. */
    protected static List<String> names(int nodes) {
        return IntStream.rangeClosed(1, nodes).mapToObj(i -> "node" + i).toList();
    }
}
