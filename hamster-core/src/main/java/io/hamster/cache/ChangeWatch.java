package io.hamster.cache;

import io.hamster.TimeSource;
import io.hamster.cache.CacheListener.Operation;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Has a client's listeners watch what callers change in one cache. If none does, not even the clock is read. */
final class ChangeWatch {

    private final String cache;
    private final TimeSource time;
    private final CacheListeners listeners;

    ChangeWatch(String cache, TimeSource time, CacheListeners listeners) {
        this.cache = cache;
        this.time = time;
        this.listeners = listeners;
    }

    /** A key that is missing is for the cache to refuse. */
    static List<Object> only(@Nullable Object key) {
        return key == null ? List.of() : List.of(key);
    }

    void run(Operation operation, Collection<?> subjects, Runnable change) {
        call(
                operation,
                subjects,
                () -> {
                    change.run();
                    return true;
                },
                done -> done);
    }

    /**
     * Makes a change.
     *
     * @param isDone whether the cache did it, by its answer
     */
    <T> T call(Operation operation, Collection<?> subjects, Supplier<T> change, Predicate<? super T> isDone) {
        CacheListener.Changing changing = listeners.changing(cache, operation, subjects);
        if (changing == CacheListener.Changing.UNWATCHED) {
            return change.get();
        }
        long began = time.nanoTime();
        T answer;
        try {
            answer = change.get();
        } catch (Throwable e) {
            changing.ended(false, since(began), Optional.of(e));
            throw e;
        }
        changing.ended(isDone.test(answer), since(began), Optional.empty());
        return answer;
    }

    private Duration since(long began) {
        return Duration.ofNanos(time.nanoTime() - began);
    }
}
