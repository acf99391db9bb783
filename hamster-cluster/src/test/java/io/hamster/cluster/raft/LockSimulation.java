package io.hamster.cluster.raft;

import io.hamster.cluster.raft.ManualGroup.Fate;
import io.hamster.cluster.raft.ManualGroup.Outcome;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockHistory;
import io.hamster.lock.LockHistory.Hold;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStatus;
import io.hamster.lock.RetryStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients on three nodes that want the same few locks, on manual time, in one thread and so the same again for the same
 * seed, while leaders change and everything that is sent may be lost, late or repeated.
 */
final class LockSimulation {

    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final int CLIENTS = 6;
    private static final int ACTORS = 12;
    private static final int KEYS = 3;

    final LockNodes nodes = new LockNodes("node-0", "node-1", "node-2");
    final LockHistory history = new LockHistory();
    private final ManualGroup group = nodes.group;
    private final Random random;
    private final Duration jump;
    private final List<LockClient> clients = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private boolean electing;

    /**
     * Prepares a run.
     *
     * @param jump how far table time jumps ahead when leaders change, which it must not
     */
    LockSimulation(long seed, Duration jump) {
        this.random = new Random(seed);
        this.jump = jump;
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(LockClient.builder(nodes.store("node-" + i % 3), nodes.time.scheduler(), Runnable::run)
                    .time(nodes.time)
                    .random(random)
                    .node("client-" + i)
                    .build());
        }
        for (int i = 0; i < ACTORS; i++) {
            actors.add(new Actor(i));
        }
    }

    void run(int steps) {
        group.commands(command -> commandFate());
        group.messages(this::messageFate);
        for (int i = 0; i < steps; i++) {
            trouble();
            step();
        }
        group.commands(command -> Fate.GOOD);
        group.messages(() -> Fate.GOOD);
    }

    /** Without trouble, until everybody has let go; what is held then. */
    List<LockStatus> settle() {
        nodes.time.advance(Duration.ofSeconds(30));
        for (int i = 0; i < 3; i++) {
            group.catchUp("node-" + i);
        }
        actors.forEach(Actor::end);
        nodes.time.advance(Duration.ofSeconds(1));
        return nodes.store("node-0").list(10).toCompletableFuture().join();
    }

    private void step() {
        nodes.time.advance(Duration.ofMillis(1 + random.nextInt(40)));
        actors.forEach(Actor::step);
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private Duration upTo(int millis) {
        return Duration.ofMillis(1 + random.nextInt(millis));
    }

    private void trouble() {
        String node = "node-" + random.nextInt(3);
        if (oneIn(300) && !electing) {
            electing = true;
            group.loseLeader();
            nodes.time.scheduler().schedule(() -> elect(node), upTo(4000).toMillis(), TimeUnit.MILLISECONDS);
        }
        boolean leads = group.log(node).leader().equals(Optional.of(node));
        if (oneIn(200) && !leads) {
            group.lag(node);
        }
        if (oneIn(100)) {
            group.catchUp(node);
        }
        if (oneIn(300)) {
            group.restore(node);
        }
        if (oneIn(300) && !electing) {
            // As far apart as the clients' margin for drift allows.
            group.rate(0.99 + random.nextDouble() * 0.019);
        }
        if (oneIn(500)) {
            group.disrupt();
        }
    }

    private void elect(String node) {
        electing = false;
        group.lead(node, jump);
    }

    private Fate commandFate() {
        return switch (random.nextInt(40)) {
            case 0 -> Fate.LOST;
            case 1 -> new Fate(false, Duration.ZERO, Outcome.FAILED, Optional.empty());
            case 2 -> Fate.ANSWER_LOST;
            case 3 -> Fate.late(upTo(8000), Outcome.FAILED);
            case 4 -> Fate.late(upTo(8000), Outcome.LOST);
            case 5, 6 -> Fate.late(upTo(3000), Outcome.GIVEN);
            case 7 -> Fate.repeated(upTo(8000));
            default -> Fate.late(upTo(5), Outcome.GIVEN);
        };
    }

    private Fate messageFate() {
        return oneIn(5) ? Fate.LOST : oneIn(5) ? Fate.repeated(upTo(2000)) : Fate.late(upTo(5), Outcome.GIVEN);
    }

    /** One who asks for a lock, holds it for a while, sometimes longer than it is his, and lets it go. */
    private final class Actor {

        private final int number;
        private @Nullable CompletableFuture<LockHandle> asked;
        private @Nullable LockHandle held;
        private long from;
        private long lastValid;
        private long until;

        private Actor(int number) {
            this.number = number;
        }

        private void step() {
            if (held != null) {
                look(held);
            } else if (asked != null) {
                wait(asked);
            } else if (oneIn(10)) {
                ask();
            }
        }

        private void ask() {
            LockRequest request = LockRequest.builder("k" + random.nextInt(KEYS))
                    .expiration(LEASE)
                    .timeout(upTo(10_000))
                    .retry(RetryStrategy.fixed(random.nextInt(-1, 5), upTo(1000)))
                    .autoRefresh(random.nextBoolean())
                    .build();
            asked = clients.get(number % CLIENTS).lockAsync(request);
        }

        private void wait(CompletableFuture<LockHandle> request) {
            if (!request.isDone()) {
                if (oneIn(300)) {
                    request.cancel(false);
                }
                return;
            }
            asked = null;
            if (!request.isCompletedExceptionally()) {
                LockHandle handle = request.join();
                if (handle.isValid()) {
                    held = handle;
                    from = nodes.time.nanoTime();
                    lastValid = from;
                    until = from + upTo(oneIn(3) ? 7000 : 300).toNanos();
                }
            }
        }

        private void look(LockHandle handle) {
            long now = nodes.time.nanoTime();
            if (handle.isValid() && now < until) {
                lastValid = now;
                return;
            }
            // Not up to now: the next may have it at the moment at which it is let go.
            history.add(new Hold(handle.key(), "actor-" + number, handle.fence(), from, lastValid));
            held = null;
            handle.unlockAsync();
        }

        private void end() {
            if (held != null) {
                until = 0;
                look(held);
            }
            if (asked != null) {
                asked.cancel(false);
                if (!asked.isCompletedExceptionally()) {
                    asked.join().unlockAsync();
                }
                asked = null;
            }
        }
    }
}
