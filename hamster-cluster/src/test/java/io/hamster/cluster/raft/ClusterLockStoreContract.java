package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockStatus;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.Renewal;
import io.hamster.lock.LockToken;
import io.hamster.lock.OrderedLockStoreContractTests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the store promises on the nodes of a group, each of which must do. Run on a manual group and on a real one. */
abstract class ClusterLockStoreContract extends OrderedLockStoreContractTests {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final LockToken first = token("first");
    private final LockToken second = token("second");
    private final LockToken third = token("third");

    /** The store of one of the group's three nodes, 0 to 2, in which nothing is locked; the same for the same node. */
    protected abstract LockStore storeOn(int node) throws Exception;

    @Override
    protected LockStore newStore() throws Exception {
        return storeOn(1);
    }

    private static <T> T answered(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Answer ask(int node, LockToken token, Duration patience) throws Exception {
        return answered(storeOn(node).acquire(new Ask("k", token, "node-" + node, lease(), patience)));
    }

    private long granted(int node, LockToken token) throws Exception {
        Answer answer = ask(node, token, Duration.ZERO);
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).fence();
    }

    private List<LockToken> wokenOn(int node) throws Exception {
        List<LockToken> woken = new CopyOnWriteArrayList<>();
        storeOn(node).listen(new LockStore.Wakeups() {
            @Override
            public void woken(String key, Optional<LockToken> token) {
                woken.add(token.orElseThrow());
            }

            @Override
            public void recheckAll() {
                // Other tests are about that.
            }
        });
        return woken;
    }

    @Test
    void excludesOtherNodesAndTellsAllOfThemWhoHolds() throws Exception {
        long fence = granted(0, first);

        for (int node = 1; node < 3; node++) {
            assertThat(ask(node, second, Duration.ZERO)).isInstanceOf(Answer.Held.class);
            assertThat(answered(storeOn(node).status("k")))
                    .hasValueSatisfying(status -> assertThat(status.owner()).isEqualTo("node-0"));
            assertThat(answered(storeOn(node).list(10)))
                    .extracting(LockStatus::fence)
                    .containsExactly(fence);
        }
    }

    @Test
    void servesWaitersOfAllNodesInTheOrderInWhichTheyCame() throws Exception {
        List<List<LockToken>> woken = List.of(wokenOn(0), wokenOn(1), wokenOn(2));
        granted(1, first);
        assertThat(ask(2, second, PATIENCE)).isInstanceOf(Answer.Queued.class);
        assertThat(ask(0, third, PATIENCE)).isInstanceOf(Answer.Queued.class);

        answered(storeOn(1).release("k", first, Duration.ZERO));
        Awaitility.await().untilAsserted(() -> assertThat(woken.get(2)).containsExactly(second));
        assertThat(ask(2, second, PATIENCE)).isInstanceOf(Answer.Granted.class);
        assertThat(woken.get(0)).isEmpty();
        answered(storeOn(2).release("k", second, Duration.ZERO));
        Awaitility.await().untilAsserted(() -> assertThat(woken.get(0)).containsExactly(third));

        assertThat(ask(0, third, PATIENCE)).isInstanceOf(Answer.Granted.class);
        assertThat(woken.get(1)).isEmpty();
    }

    @Test
    void raisesFencesFromNodeToNodeAndKeyToKey() throws Exception {
        List<Long> fences = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            LockToken token = token("t");
            LockStore store = storeOn(i % 3);
            Answer answer = answered(store.acquire(new Ask("key" + i % 2, token, "node", lease(), Duration.ZERO)));
            fences.add(((Answer.Granted) answer).fence());
            answered(store.release("key" + i % 2, token, Duration.ZERO));
        }

        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void renewsByWayOfAnyNode() throws Exception {
        granted(0, first);

        assertThat(answered(storeOn(2).renew(List.of(new Extension("k", first, lease())))))
                .hasEntrySatisfying(first, renewal -> assertThat(renewal).isInstanceOf(Renewal.Renewed.class));
        assertThat(answered(storeOn(1).forceRelease("k"))).isTrue();
        assertThat(answered(storeOn(0).renew(List.of(new Extension("k", first, lease())))))
                .hasEntrySatisfying(first, renewal -> assertThat(renewal).isInstanceOf(Renewal.NotYours.class));
    }

    @Test
    void listsMoreThanOneAnswerHolds() throws Exception {
        int count = LockCommand.MAX_LISTED + 10;
        for (int i = 0; i < count; i++) {
            answered(storeOn(0).acquire(new Ask("key" + i, token("t"), "node", PATIENCE, Duration.ZERO)));
        }

        assertThat(answered(storeOn(2).list(count + 1))).hasSize(count);
        assertThat(answered(storeOn(2).list(count - 1))).hasSize(count - 1);
    }
}
