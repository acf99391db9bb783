package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.FaultyLockStore.Command;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** One client on manual time over a memory store behind a bad network, and a second client on the good side of it. */
abstract class LockFixture {

    static final Duration LEASE = Duration.ofSeconds(30);
    static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);
    static final double DRIFT = 0.01;

    final ManualTime time = new ManualTime();
    final MemoryLockStore memory = new MemoryLockStore(time, time.scheduler());
    final UnorderedLockStore unordered = new UnorderedLockStore(memory, Runnable::run);
    final FaultyLockStore network;
    final LockClient client;
    final LockClient other;
    private final List<LockClient> clients = new ArrayList<>();

    LockFixture(boolean storeOrders) {
        LockStore store = storeOrders ? memory : unordered;
        network = new FaultyLockStore(store, time.scheduler());
        client = newClient(network, builder -> builder);
        other = newClient(store, builder -> builder.node("other"));
    }

    final LockClient newClient(LockStore store, UnaryOperator<LockClientBuilder> with) {
        LockClient made = with.apply(LockClient.builder(store, time.scheduler(), Runnable::run)
                        .time(time)
                        .commandTimeout(COMMAND_TIMEOUT)
                        .driftMargin(DRIFT))
                .build();
        clients.add(made);
        return made;
    }

    @AfterEach
    void closeAll() {
        network.unreachable(false);
        clients.forEach(LockClient::close);
        while (LockContext.current().isPresent()) {
            LockContext.current().get().close();
        }
    }

    static LockRequest.Builder request() {
        return LockRequest.builder("k").expiration(LEASE);
    }

    static Duration withoutMargin(Duration lease) {
        return lease.minusNanos((long) (lease.toNanos() * DRIFT));
    }

    void pass(Duration duration) {
        time.advance(duration);
    }

    void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    /** What became of a request; on manual time that is known at once or never. */
    static LockHandle ended(CompletableFuture<LockHandle> request) {
        assertThat(request).isDone();
        return request.join();
    }

    boolean isFree() {
        return memory.status("k").toCompletableFuture().join().isEmpty();
    }

    List<Ask> asks() {
        return network.sent(Command.ACQUIRE).stream().map(Ask.class::cast).toList();
    }

    List<FaultyLockStore.Release> releases() {
        return network.sent(Command.RELEASE).stream()
                .map(FaultyLockStore.Release.class::cast)
                .toList();
    }

    @SuppressWarnings("unchecked")
    List<List<Extension>> renewals() {
        return network.sent(Command.RENEW).stream()
                .map(batch -> (List<Extension>) batch)
                .toList();
    }
}
