package io.hamster.cache;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Striped locks: writes of a key go on together, but not with what decides by the key's value. */
final class KeyLocks {

    private static final int STRIPES = 256;

    private final List<ReadWriteLock> locks = IntStream.range(0, STRIPES)
            .<ReadWriteLock>mapToObj(i -> new ReentrantReadWriteLock())
            .toList();

    void alone(Collection<?> keys, Runnable action) {
        this.<@Nullable Object>alone(keys, () -> {
            action.run();
            return null;
        });
    }

    <T extends @Nullable Object> T alone(Collection<?> keys, Supplier<T> action) {
        int[] stripes = stripes(keys);
        for (int stripe : stripes) {
            locks.get(stripe).writeLock().lock();
        }
        try {
            return action.get();
        } finally {
            for (int stripe : stripes) {
                locks.get(stripe).writeLock().unlock();
            }
        }
    }

    void shared(Collection<?> keys, Runnable action) {
        int[] stripes = stripes(keys);
        for (int stripe : stripes) {
            locks.get(stripe).readLock().lock();
        }
        try {
            action.run();
        } finally {
            for (int stripe : stripes) {
                locks.get(stripe).readLock().unlock();
            }
        }
    }

    /** In ascending order, each once. */
    private static int[] stripes(Collection<?> keys) {
        return keys.size() == 1
                ? new int[] {stripe(keys.iterator().next())}
                : keys.stream().mapToInt(KeyLocks::stripe).sorted().distinct().toArray();
    }

    private static int stripe(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(STRIPES));
    }
}
