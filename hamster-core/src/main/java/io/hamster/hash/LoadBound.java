package io.hamster.hash;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, SODA 2018): no peer runs more than
 * {@code ceil(factor · requests · weight / weight of the alive)}; a key whose owner is full goes to the next peer. Peers
 * without virtual nodes run nothing and have no part.
 *
 * <p>A place is reserved by compare-and-set, so the bound isn't exceeded by races. As the factor is at least 1, all
 * peers can't be full at once; only requests that come or go while one looks can make it seem so, and then the request
 * goes to the first alive peer rather than nowhere.
 */
final class LoadBound {

    private final double factor;
    private final AtomicLong requests = new AtomicLong();

    LoadBound(double factor) {
        this.factor = factor;
    }

    /**
     * The first alive peer of the walk that isn't full, reserved; {@code null} if none of the first {@code tries} is
     * alive. Once one is, the load may send the request on past it as far as it takes.
     */
    @Nullable
    PeerState reserve(PeerState[] states, int[] virtualNodes, RingWalk walk, int tries) {
        long total = requests.incrementAndGet();
        double wholeLoad = factor * total;
        long aliveWeight = aliveWeight(states, virtualNodes);
        PeerState firstAlive = null;
        for (int next = walk.next(); next != RingWalk.END; next = walk.next()) {
            PeerState state = states[next];
            if (!state.alive) {
                if (firstAlive == null && walk.visited() >= tries) {
                    break;
                }
                continue;
            }
            if (firstAlive == null) {
                firstAlive = state;
            }
            if (increment(state.inFlight, Math.ceil(wholeLoad * state.peer.weight() / aliveWeight))) {
                return state;
            }
        }
        if (firstAlive == null) {
            requests.decrementAndGet();
        } else {
            firstAlive.inFlight.incrementAndGet();
        }
        return firstAlive;
    }

    void release(PeerState state) {
        state.inFlight.decrementAndGet();
        requests.decrementAndGet();
    }

    private static boolean increment(AtomicInteger inFlight, double limit) {
        int current = inFlight.get();
        while (current < limit) {
            if (inFlight.compareAndSet(current, current + 1)) {
                return true;
            }
            current = inFlight.get();
        }
        return false;
    }

    private static long aliveWeight(PeerState[] states, int[] virtualNodes) {
        long weight = 0;
        for (int i = 0; i < states.length; i++) {
            weight += states[i].alive && virtualNodes[i] > 0 ? states[i].peer.weight() : 0;
        }
        return weight;
    }
}
