package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a {@link LockStore} promises that leaves the order of waiters to its clients. */
public abstract non-sealed class UnorderedLockStoreContractTests extends LockStoreContractTests {

    /** Whatever was announced; that everything is to be asked for again a store may say at any time. */
    private List<String> announced() {
        return woken.stream().filter(key -> !key.equals("all")).toList();
    }

    @Test
    void leavesTheOrderOfWaitersToItsClients() {
        assertThat(store.ordersWaiters()).isFalse();
    }

    @Test
    void announcesAReleaseToWhomItRefused() {
        granted(a);
        assertThat(ask(b)).isInstanceOf(Answer.Held.class);

        release(a);

        Awaitility.await().untilAsserted(() -> assertThat(woken).contains("k"));
    }

    @Test
    void announcesALockThatWasHandedOverOnlyWhenItIsReleased() {
        granted(a);
        assertThat(ask(c)).isInstanceOf(Answer.Held.class);

        assertGranted(answer(handOver(a, b).answer()));
        assertGranted(answer(handOver(b, a).answer()));
        release(a);
        // Once this one is heard, so are those before it.
        answer(store.acquire(new Ask("last", a, "node-a", LONG, Duration.ZERO)));
        answer(store.acquire(new Ask("last", b, "node-b", LONG, Duration.ZERO)));
        answer(store.release("last", a, Duration.ZERO));

        Awaitility.await().untilAsserted(() -> assertThat(woken).contains("k", "last"));
        assertThat(announced()).containsExactlyInAnyOrder("k", "last");
    }

    @Test
    void announcesAHandOverThatMakesTheLockEndSoonerThanItsWaitersWereTold() {
        granted(a);
        assertThat(ask(c)).isInstanceOf(Answer.Held.class);

        Ask shorter = new Ask("k", b, "node-b", LONG.dividedBy(2), Duration.ZERO);
        assertGranted(answer(store.handOver(a, shorter).answer()));

        Awaitility.await().untilAsserted(() -> assertThat(announced()).containsExactly("k"));
    }

    @Test
    void announcesALockThatWasHandedToABuriedRequest() {
        granted(a);
        assertThat(ask(c)).isInstanceOf(Answer.Held.class);
        answer(store.release("k", b, LONG));

        answer(handOver(a, b).answer());

        Awaitility.await().untilAsserted(() -> assertThat(announced()).containsExactly("k"));
    }
}
