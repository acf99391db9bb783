package io.hamster.spring.cache;

import io.hamster.cache.CacheTicket;
import io.hamster.cache.HamsterCache;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which keys a thread has looked for in vain, so that what it puts for them next is recognised as a load.
 *
 * <p>Spring's caching asks, runs the method and puts, without a word of what belongs together. A put after a miss may
 * carry a value from before an invalidation, which a put without one never does. Calls nest, so this is a stack: a put
 * takes its miss and those above it, whose methods have failed. Forgotten ones are pushed out at the bottom.
 */
final class OpenLoads {

    private static final int DEPTH = 16;

    private final ThreadLocal<@Nullable Deque<OpenLoad>> stack = new ThreadLocal<>();

    /**
     * Notes a miss.
     *
     * @param pending what the load may be published with, or {@code null} if it may not
     * @param inTransaction whether a transaction was in progress
     */
    void missed(
            HamsterCache<Object, Object> cache,
            Object key,
            @Nullable CacheTicket<Object, Object> pending,
            boolean inTransaction) {
        Deque<OpenLoad> open = stack.get();
        if (open == null) {
            open = new ArrayDeque<>();
            stack.set(open);
        } else if (open.size() == DEPTH) {
            open.removeLast();
        }
        open.push(new OpenLoad(cache, key, pending, inTransaction));
    }

    /** Takes the miss that a put belongs to, if there was one, or that is overtaken by a later read. */
    Optional<OpenLoad> take(HamsterCache<Object, Object> cache, Object key) {
        Deque<OpenLoad> open = stack.get();
        OpenLoad found = open == null ? null : find(open, cache, key);
        if (open == null || found == null) {
            return Optional.empty();
        }
        OpenLoad last;
        do {
            last = open.pop();
        } while (last != found);
        if (open.isEmpty()) {
            stack.remove();
        }
        return Optional.of(found);
    }

    private static @Nullable OpenLoad find(Deque<OpenLoad> open, HamsterCache<Object, Object> cache, Object key) {
        for (OpenLoad load : open) {
            if (load.cache == cache && Objects.deepEquals(load.key, key)) {
                return load;
            }
        }
        return null;
    }

    /** A miss. */
    record OpenLoad(
            HamsterCache<Object, Object> cache,
            Object key,
            @Nullable CacheTicket<Object, Object> pending,
            boolean inTransaction) {}
}
