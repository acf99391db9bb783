package io.hamster.spring.redis;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether plain reads of a store pay. One that doesn't tell costs a round trip, by a network some sixteen times what one
 * that does saves: so they do as long as more than 16 of 17 tell. Thread-safe.
 */
final class PlainReads {

    private static final int COST = 16;
    private static final int MOST = 256;
    /** What a few hits in a row don't bring about where many reads miss. */
    private static final int ENOUGH = 64;

    /** Goes up by 1 with each read that a plain one tells or would have told, down by the cost with each other. */
    private final AtomicInteger balance = new AtomicInteger(MOST);

    boolean arePromising() {
        return balance.get() >= ENOUGH;
    }

    /**
     * Counts a read.
     *
     * @param tells whether it needs no script
     */
    void count(boolean tells) {
        if (!tells || balance.get() < MOST) {
            balance.updateAndGet(now -> tells ? Math.min(MOST, now + 1) : Math.max(0, now - COST));
        }
    }
}
