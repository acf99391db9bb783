package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockStore.Answer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a {@link LockStore} promises that leaves the order of waiters to its clients. */
public abstract non-sealed class UnorderedLockStoreContractTests extends LockStoreContractTests {

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
}
