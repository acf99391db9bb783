package io.hamster.cache;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers when what was touched. The epoch is counted up when the whole cache is cleared: what carries an older one is
 * gone. The stamp of a tag is the clock's reading at its last invalidation, that of a key at its last put or
 * invalidation. Tags and keys share stripes, so that those which no entry has cost nothing; at worst, sharing keeps a
 * load from being published.
 */
final class Stamps {

    private static final long CLOSED = -1;
    private static final int STRIPES = 1024;

    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong clock = new AtomicLong();
    private final AtomicLongArray tags = new AtomicLongArray(STRIPES);
    private final AtomicLongArray keys = new AtomicLongArray(STRIPES);

    long epoch() {
        return epoch.get();
    }

    void nextEpoch() {
        epoch.updateAndGet(current -> current == CLOSED ? CLOSED : current + 1);
    }

    void close() {
        epoch.set(CLOSED);
    }

    boolean isClosed() {
        return epoch.get() == CLOSED;
    }

    /** To be read before a load begins. */
    long now() {
        return clock.get();
    }

    /** What originates from an earlier reading of the clock than is returned here must go. */
    long invalidate(String tag) {
        long now = clock.incrementAndGet();
        tags.accumulateAndGet(stripe(tag), now, Math::max);
        return now;
    }

    /** When the last of these tags was invalidated; 0 for never. */
    long lastInvalidation(Set<String> anyOf) {
        long last = 0;
        for (String tag : anyOf) {
            last = Math.max(last, tags.get(stripe(tag)));
        }
        return last;
    }

    /** When the key was last put or invalidated; 0 for never. */
    long lastTouch(Object key) {
        return keys.get(stripe(key));
    }

    void touch(Object key) {
        keys.accumulateAndGet(stripe(key), clock.incrementAndGet(), Math::max);
    }

    private static int stripe(Object tagOrKey) {
        int hash = tagOrKey.hashCode() * 0x9E3779B9;
        return hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(STRIPES));
    }
}
