package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.InvalidExpirationException;
import io.hamster.lock.FaultyLockStore.Command;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Locks whose lease is made longer while they are held. */
class LockExtensionTests extends LockFixture {

    private static final Duration LONGER = LEASE.multipliedBy(4);

    LockExtensionTests() {
        super(true);
    }

    private LockHandle unrenewed() {
        return client.tryLock(request().autoRefresh(false).build()).orElseThrow();
    }

    @Test
    void livesForTheNewLeaseFromNow() {
        LockHandle handle = unrenewed();
        pass(Duration.ofSeconds(10));

        handle.extend(LONGER, Duration.ZERO);

        assertThat(handle.remaining()).isEqualTo(withoutMargin(LONGER));
        pass(LONGER.minusSeconds(5));
        assertThat(handle.isValid()).isTrue();
        assertThat(other.tryLock(request().build())).isEmpty();
        pass(Duration.ofSeconds(5));
        assertThat(handle.isValid()).isFalse();
        assertThat(isFree()).isTrue();
    }

    @Test
    void renewsWithTheNewLease() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        handle.extend(LONGER, Duration.ZERO);

        pass(LONGER);

        assertThat(renewals())
                .hasSizeBetween(4, 5)
                .allSatisfy(batch -> assertThat(batch.get(0).lease()).isEqualTo(LONGER));
        assertThat(handle.isValid()).isTrue();
    }

    @Test
    void neverShortensTheLease() {
        LockHandle handle = unrenewed();
        Duration shorter = LEASE.dividedBy(2);

        handle.extend(shorter, Duration.ZERO);

        assertThat(renewals().get(0).get(0).lease()).isEqualTo(LEASE);
        pass(shorter.plusSeconds(1));
        assertThat(handle.checkValid()).isTrue();
    }

    @Test
    void keepsOthersOutForTheLongerOfBothTimes() {
        LockHandle handle = client.tryLock(
                        request().atLeastFor(Duration.ofSeconds(20)).build())
                .orElseThrow();
        pass(Duration.ofSeconds(10));
        handle.extend(LONGER, Duration.ofSeconds(15));
        handle.extend(LONGER, Duration.ofSeconds(1));

        handle.unlock();

        pass(Duration.ofSeconds(14));
        assertThat(other.tryLock(request().build())).isEmpty();
        pass(Duration.ofSeconds(2));
        assertThat(other.tryLock(request().build())).isPresent();
    }

    @Test
    void doesNotRelyOnALongerLeaseWhileAShorterRenewalMayStillArrive() {
        LockHandle handle = unrenewed();
        network.plan(Command.RENEW, network.brokenButArrives(Duration.ofSeconds(5)));
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(handle::refresh);

        handle.extend(LONGER, Duration.ZERO);
        pass(LEASE.plusSeconds(1));

        // The late renewal cut the store's lease to 30 s from its arrival.
        assertThat(handle.isValid()).isFalse();
        pass(Duration.ofSeconds(5));
        assertThat(isFree()).isTrue();
    }

    @Test
    void doesNotReviveALockThatHasEnded() {
        LockHandle expired = unrenewed();
        pass(LEASE);
        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(() -> expired.extend(LONGER, Duration.ZERO));

        LockHandle taken = unrenewed();
        memory.forceRelease("k");
        assertThatExceptionOfType(LockLostException.class).isThrownBy(() -> taken.extend(LONGER, Duration.ZERO));

        LockHandle released = unrenewed();
        released.unlock();
        assertThatExceptionOfType(LockNotHeldException.class).isThrownBy(() -> released.extend(LONGER, Duration.ZERO));
        assertThat(isFree()).isTrue();
    }

    @Test
    void staysWithinTheLongestHold() {
        LockHandle handle =
                client.tryLock(request().maxHold(LEASE.plusSeconds(10)).build()).orElseThrow();

        handle.extend(LONGER, Duration.ZERO);
        pass(LEASE.plusSeconds(10));

        assertThat(handle.isValid()).isFalse();
        assertThat(isFree()).isTrue();
    }

    @Test
    void refusesTimesOutOfRange() {
        LockHandle handle = unrenewed();

        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> handle.extend(Duration.ZERO, Duration.ZERO));
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> handle.extend(LEASE, LEASE.plusSeconds(1)));
        assertThat(renewals()).isEmpty();
    }

    @Test
    void aNestedHolderMayExtendWhatTheFirstHasLeft() {
        LockRequest reentrant = request().autoRefresh(false).reentrant(true).build();
        LockHandle first = client.lock(reentrant);
        LockHandle nested = client.lock(reentrant);
        first.unlock();

        nested.extend(LONGER, Duration.ZERO);

        assertThat(nested.remaining()).isEqualTo(withoutMargin(LONGER));
        assertThat(client.held("k")).contains(nested);
        nested.unlock();
        assertThat(client.held("k")).isEmpty();
    }
}
