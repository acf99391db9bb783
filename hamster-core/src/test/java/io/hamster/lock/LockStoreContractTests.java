package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LockStore} promises to the client above it. Run against each store, as one that orders waiters or
 * one that doesn't.
 */
public abstract sealed class LockStoreContractTests
        permits OrderedLockStoreContractTests, UnorderedLockStoreContractTests {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    /** How long a lock lasts that is to be held: longer than the machine may pause. */
    static final Duration LONG = Duration.ofSeconds(60);

    private static final AtomicLong REQUESTS = new AtomicLong();

    final List<String> woken = new CopyOnWriteArrayList<>();
    final LockToken a = token("a");
    final LockToken b = token("b");
    final LockToken c = token("c");
    LockStore store;

    /** A store in which nothing is locked. */
    protected abstract LockStore newStore() throws Exception;

    /**
     * How long a lock lasts whose end is waited for. Where time is real, the machine may pause for longer: nothing may be
     * asked meanwhile.
     */
    protected Duration lease() {
        return Duration.ofSeconds(2);
    }

    /** Lets that much of the store's time pass. */
    protected abstract void pass(Duration time);

    @BeforeEach
    void open() throws Exception {
        store = newStore();
        store.listen(new LockStore.Wakeups() {
            @Override
            public void woken(String key, Optional<LockToken> token) {
                woken.add(key + token.map(t -> ":" + t.client()).orElse(""));
            }

            @Override
            public void recheckAll() {
                woken.add("all");
            }
        });
    }

    /** Unlike every other, in tests before this one too: their store may be the same. */
    protected static LockToken token(String client) {
        return new LockToken(client, REQUESTS.incrementAndGet());
    }

    @AfterEach
    void close() {
        store.close();
    }

    static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    Answer ask(LockToken token) {
        return ask(token, Duration.ZERO);
    }

    Answer ask(LockToken token, Duration patience) {
        return ask("k", token, LONG, patience);
    }

    private Answer ask(String key, LockToken token, Duration lease, Duration patience) {
        return answer(store.acquire(new Ask(key, token, "node-" + token.client(), lease, patience)));
    }

    long granted(LockToken token) {
        return assertGranted(ask(token)).fence();
    }

    /** Granted for {@link #lease()}. */
    long grantedBriefly(LockToken token) {
        return assertGranted(ask("k", token, lease(), Duration.ZERO)).fence();
    }

    static Answer.Granted assertGranted(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return (Answer.Granted) answer;
    }

    LockStore.HandOver handOver(LockToken holder, LockToken next) {
        return store.handOver(holder, new Ask("k", next, "node-" + next.client(), LONG, Duration.ZERO));
    }

    boolean release(LockToken token) {
        return answer(store.release("k", token, Duration.ZERO));
    }

    @Test
    void grantsToOneTokenOnly() {
        Answer.Granted granted = assertGranted(ask(a));

        assertThat(granted.remaining()).isPositive().isLessThanOrEqualTo(LONG);
        assertThat(ask(b))
                .isInstanceOfSatisfying(
                        Answer.Held.class, held -> assertThat(held.remaining()).isLessThanOrEqualTo(LONG));
    }

    @Test
    void answersARepeatedRequestWithTheSameGrantAndWhatIsLeftOfIt() {
        long fence = granted(a);
        pass(Duration.ofMillis(500));

        Answer.Granted again = assertGranted(ask(a));

        assertThat(again.fence()).isEqualTo(fence);
        assertThat(again.remaining()).isLessThanOrEqualTo(LONG.minusMillis(500).plusMillis(1));
    }

    @Test
    void raisesTheFenceWithEveryGrantHoweverItEnds() {
        List<Long> fences = new ArrayList<>();
        fences.add(granted(a));
        release(a);
        fences.add(grantedBriefly(b));
        pass(lease().plusMillis(50));
        fences.add(granted(c));
        answer(store.forceRelease("k"));
        fences.add(granted(token("a")));

        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void endsALeaseByItself() {
        grantedBriefly(a);

        pass(lease().plusMillis(50));

        assertThat(answer(store.status("k"))).isEmpty();
        assertThat(release(a)).isFalse();
        granted(b);
    }

    @Test
    void extendsOnlyWhatTheTokenHolds() {
        granted(a);
        assertGranted(ask("other", b, lease(), Duration.ZERO));
        Duration longer = LONG.multipliedBy(2);

        Map<LockToken, Renewal> answers = answer(store.renew(List.of(
                new Extension("k", a, longer), new Extension("k", b, longer), new Extension("gone", c, longer))));

        assertThat(answers.get(a))
                .isInstanceOfSatisfying(
                        Renewal.Renewed.class,
                        renewed -> assertThat(renewed.remaining()).isGreaterThan(LONG));
        assertThat(answers.get(b)).isInstanceOf(Renewal.NotYours.class);
        assertThat(answers.get(c)).isInstanceOf(Renewal.NotYours.class);
        assertThat(answer(store.status("k")))
                .hasValueSatisfying(status -> assertThat(status.remaining()).isGreaterThan(LONG));
        assertThat(ask(b)).isInstanceOf(Answer.Held.class);
        pass(lease().plusMillis(50));
        assertThat(answer(store.status("other"))).isEmpty();
    }

    @Test
    void shortensALeaseToWhatIsAskedFor() {
        granted(a);

        answer(store.renew(List.of(new Extension("k", a, Duration.ofMillis(100)))));
        pass(Duration.ofMillis(200));

        granted(b);
    }

    @Test
    void neverRevivesAnExpiredLease() {
        grantedBriefly(a);
        pass(lease().plusMillis(50));

        assertThat(answer(store.renew(List.of(new Extension("k", a, LONG)))).get(a))
                .isInstanceOf(Renewal.NotYours.class);
        granted(b);
    }

    @Test
    void releasesOnlyToTheTokenThatHolds() {
        granted(a);

        assertThat(release(b)).isFalse();
        assertThat(ask(b)).isInstanceOf(Answer.Held.class);
        assertThat(release(a)).isTrue();
        assertThat(release(a)).isFalse();
        granted(b);
    }

    @Test
    void honoursATombstoneThatCameBeforeItsRequest() {
        assertThat(answer(store.release("k", a, LONG))).isFalse();

        assertThat(ask(a)).isInstanceOf(Answer.Refused.class);
        assertThat(ask(a, PATIENCE)).isInstanceOf(Answer.Refused.class);
        granted(b);
    }

    @Test
    void raisesTheFenceAfterATombstonesEndToo() {
        assertThat(answer(store.release("k", a, lease()))).isFalse();
        long fence = granted(b);
        release(b);
        pass(lease().plusMillis(50));
        assertThat(granted(token("a"))).isGreaterThan(fence);
    }

    @Test
    void buriesAGrantThatItReleases() {
        granted(a);

        assertThat(answer(store.release("k", a, LONG))).isTrue();

        assertThat(ask(a)).isInstanceOf(Answer.Refused.class);
        granted(b);
    }

    @Test
    void handsALockOverAsANewGrant() {
        long fence = granted(a);

        LockStore.HandOver handOver = handOver(a, b);

        assertThat(answer(handOver.released())).isTrue();
        Answer.Granted next = assertGranted(answer(handOver.answer()));
        assertThat(next.fence()).isGreaterThan(fence);
        assertThat(next.remaining()).isPositive().isLessThanOrEqualTo(LONG);
        assertThat(answer(store.status("k")))
                .hasValueSatisfying(status -> assertThat(status.owner()).isEqualTo("node-b"));
        assertThat(release(a)).isFalse();
        assertThat(ask(c)).isInstanceOf(Answer.Held.class);
        assertThat(release(b)).isTrue();
        assertThat(granted(c)).isGreaterThan(next.fence());
    }

    @Test
    void handsALockOverOnlyOnce() {
        granted(a);
        long fence = assertGranted(answer(handOver(a, b).answer())).fence();

        LockStore.HandOver again = handOver(a, b);

        assertThat(answer(again.released())).isFalse();
        assertThat(assertGranted(answer(again.answer())).fence()).isEqualTo(fence);
    }

    @Test
    void handsOverNothingThatTheHolderHasLost() {
        granted(c);
        LockStore.HandOver whileHeld = handOver(a, b);
        assertThat(answer(whileHeld.released())).isFalse();
        assertThat(answer(whileHeld.answer())).isInstanceOf(Answer.Held.class);
        release(c);

        LockStore.HandOver whileFree = handOver(a, b);

        assertThat(answer(whileFree.released())).isFalse();
        assertGranted(answer(whileFree.answer()));
    }

    @Test
    void releasesALockThatItHandsToABuriedRequest() {
        granted(a);
        answer(store.release("k", b, LONG));

        LockStore.HandOver handOver = handOver(a, b);

        assertThat(answer(handOver.released())).isTrue();
        assertThat(answer(handOver.answer())).isInstanceOf(Answer.Refused.class);
        granted(c);
    }

    @Test
    void tellsWhoHolds() {
        assertThat(answer(store.status("k"))).isEmpty();
        long fence = granted(a);

        LockStatus status = answer(store.status("k")).orElseThrow();

        assertThat(status.key()).isEqualTo("k");
        assertThat(status.owner()).isEqualTo("node-a");
        assertThat(status.fence()).isEqualTo(fence);
        assertThat(status.remaining()).isPositive().isLessThanOrEqualTo(LONG);
        assertThat(status.acquiredAt()).isNotNull();
    }

    @Test
    void listsNoMoreThanAsked() {
        for (int i = 0; i < 20; i++) {
            assertGranted(ask("key" + i, token("a"), LONG, Duration.ZERO));
        }

        assertThat(answer(store.list(100)))
                .extracting(LockStatus::key)
                .hasSize(20)
                .contains("key0", "key19");
        assertThat(answer(store.list(5))).hasSize(5);
        for (int i = 0; i < 20; i++) {
            assertGranted(ask("brief" + i, token("a"), lease(), Duration.ZERO));
        }
        pass(lease().plusMillis(50));
        assertThat(answer(store.list(100)))
                .extracting(LockStatus::key)
                .hasSize(20)
                .allMatch(key -> key.startsWith("key"));
    }

    @Test
    void takesALockAwayByForce() {
        granted(a);

        assertThat(answer(store.forceRelease("k"))).isTrue();
        assertThat(answer(store.forceRelease("k"))).isFalse();

        assertThat(answer(store.renew(List.of(new Extension("k", a, LONG)))).get(a))
                .isInstanceOf(Renewal.NotYours.class);
        granted(b);
    }

    @Test
    void keepsKeysApart() {
        granted(a);
        for (int i = 0; i < 500; i++) {
            assertGranted(ask("k" + i, token("t"), LONG, Duration.ZERO));
        }

        assertThat(answer(store.list(1000))).hasSize(501);
    }
}
