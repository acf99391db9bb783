package io.hamster.cache;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steps of one change, each of which is taken whatever became of those before it. Used by one thread. */
final class Steps {

    /** Besides the first one; with a store that is away, each of a hundred fails alike. */
    private static final int MOST_TOLD = 3;

    private @Nullable Throwable failure;

    void take(Runnable step) {
        take(false, () -> {
            step.run();
            return true;
        });
    }

    /** Takes a step that has a result; {@code otherwise} if it fails. */
    <T> T take(T otherwise, Supplier<T> step) {
        try {
            return step.get();
        } catch (Throwable e) {
            if (failure == null) {
                failure = e;
            } else if (failure != e && failure.getSuppressed().length < MOST_TOLD) {
                failure.addSuppressed(e);
            }
            return otherwise;
        }
    }

    /** Fails as the first step did that failed, if any. */
    void end() {
        if (failure != null) {
            throw Steps.<RuntimeException>asItIs(failure);
        }
    }

    /** Languages without checked exceptions may throw them where Java wouldn't. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T asItIs(Throwable failure) throws T {
        throw (T) failure;
    }
}
