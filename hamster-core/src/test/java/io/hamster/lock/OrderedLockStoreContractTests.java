package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Extension;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a {@link LockStore} promises that keeps the order of waiters itself. */
public abstract non-sealed class OrderedLockStoreContractTests extends LockStoreContractTests {

    @Test
    void keepsTheOrderOfWaiters() {
        assertThat(store.ordersWaiters()).isTrue();
    }

    @Test
    void offersAReleasedLockToItsWaitersInTheirOrder() {
        long first = granted(a);
        assertThat(ask(b, PATIENCE)).isInstanceOf(Answer.Queued.class);
        assertThat(ask(c, PATIENCE)).isInstanceOf(Answer.Queued.class);
        assertThat(ask(b, PATIENCE)).isInstanceOf(Answer.Queued.class);

        release(a);
        Awaitility.await().untilAsserted(() -> assertThat(woken).containsExactly("k:b"));
        assertThat(ask(token("barging"))).isInstanceOf(Answer.Held.class);
        assertThat(ask(c, PATIENCE)).isInstanceOf(Answer.Queued.class);
        long second = assertGranted(ask(b, PATIENCE)).fence();
        release(b);
        Awaitility.await().untilAsserted(() -> assertThat(woken).containsExactly("k:b", "k:c"));

        assertThat(assertGranted(ask(c, PATIENCE)).fence()).isGreaterThan(second);
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void offersALockWhoseLeaseEnded() {
        grantedBriefly(a);
        ask(b, PATIENCE);

        pass(lease().plusMillis(50));

        Awaitility.await().untilAsserted(() -> assertThat(woken).containsExactly("k:b"));
        assertGranted(ask(b, PATIENCE));
    }

    @Test
    void offersALockWhoseExtendedLeaseEnded() {
        grantedBriefly(a);
        ask(b, PATIENCE);
        pass(lease().dividedBy(2));
        answer(store.renew(List.of(new Extension("k", a, lease()))));

        pass(lease().multipliedBy(3).dividedBy(4));
        assertThat(woken).isEmpty();
        pass(lease().dividedBy(2));

        Awaitility.await().untilAsserted(() -> assertThat(woken).containsExactly("k:b"));
    }

    @Test
    void offersToTheNextWhatIsNotTaken() {
        granted(a);
        ask(b, PATIENCE);
        ask(c, PATIENCE);
        release(a);

        pass(Duration.ofSeconds(5));

        Awaitility.await().untilAsserted(() -> assertThat(woken).contains("k:b", "k:c"));
    }

    @Test
    void forgetsWaitersThatLeaveOrLosePatience() {
        granted(a);
        ask(b, PATIENCE);
        ask(c, Duration.ofMillis(200));
        assertThat(release(b)).isFalse();
        pass(Duration.ofMillis(400));

        release(a);

        assertThat(woken).isEmpty();
        granted(token("next"));
    }

    @Test
    void passesAnOfferOnWhenItsWaiterLeaves() {
        granted(a);
        ask(b, PATIENCE);
        ask(c, PATIENCE);
        release(a);

        release(b);

        Awaitility.await().untilAsserted(() -> assertThat(woken).containsExactly("k:b", "k:c"));
        assertGranted(ask(c, PATIENCE));
    }
}
