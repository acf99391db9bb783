package io.hamster.spring.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a method that has returned changes in caches. It has changed the source by now, so one change that fails keeps
 * none of the others from being made.
 */
final class PlannedChanges {

    private final List<CacheChange> changes = new ArrayList<>();
    private @Nullable RuntimeException failure;

    /** Adds the change that an annotation's expressions come to, if any. */
    void add(Supplier<Optional<CacheChange>> change) {
        attempt(() -> change.get().ifPresent(changes::add));
    }

    boolean areShared() {
        return changes.stream().anyMatch(change -> CacheChanges.isShared(change.cache()));
    }

    /** Makes each of them by an action; throws what failed first. */
    void make(Consumer<CacheChange> action) {
        changes.forEach(change -> attempt(() -> action.accept(change)));
        if (failure != null) {
            throw failure;
        }
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            RuntimeException first = failure;
            if (first == null) {
                failure = e;
            } else if (first != e) {
                first.addSuppressed(e);
            }
        }
    }
}
