package io.hamster.cache;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of a key's writes the same in source and cache. Keys share striped locks, which are held while the
 * writer runs; a batch takes its stripes in ascending order. Without a writer there is nothing to keep in order.
 */
final class WriteThrough<K, V> {

    private static final int STRIPES = 1024;

    private final String cache;
    private final @Nullable CacheWriter<? super K, ? super V> writer;
    private final List<ReentrantLock> locks;

    WriteThrough(String cache, @Nullable CacheWriter<? super K, ? super V> writer) {
        this.cache = cache;
        this.writer = writer;
        this.locks = writer == null
                ? List.of()
                : IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toList();
    }

    /** What a writer is asked to do. */
    @FunctionalInterface
    interface Write<W> {

        void with(W writer) throws Exception;
    }

    boolean isThrough() {
        return writer != null;
    }

    void inOrder(Collection<? extends K> keys, Runnable action) {
        this.<@Nullable Object>inOrder(keys, () -> {
            action.run();
            return null;
        });
    }

    <T extends @Nullable Object> T inOrder(Collection<? extends K> keys, Supplier<T> action) {
        if (writer == null) {
            return action.get();
        }
        int[] stripes =
                keys.stream().mapToInt(WriteThrough::stripe).sorted().distinct().toArray();
        for (int stripe : stripes) {
            locks.get(stripe).lock();
        }
        try {
            return action.get();
        } finally {
            for (int stripe : stripes) {
                locks.get(stripe).unlock();
            }
        }
    }

    /** Has the writer write, if there is one. */
    void call(Write<CacheWriter<? super K, ? super V>> write) {
        if (writer == null) {
            return;
        }
        try {
            write.with(writer);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new CacheWriteException("The writer of cache '" + cache + "' failed; nothing was cached: " + e, e);
        }
    }

    private static int stripe(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(STRIPES));
    }
}
