package io.hamster.cache;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Something that happens once, those who wait for it and those who want to be called. Unlike a future's dependents the
 * latter leave no trace once they have given up: a load may take long, and many may give up meanwhile.
 */
final class Followers<T> {

    private final CompletableFuture<T> event = new CompletableFuture<>();
    /** Whoever removes one is the one who calls it. */
    private final Set<Consumer<? super T>> waiting = ConcurrentHashMap.newKeySet();

    /** Completes when it happens; only for waiting. */
    CompletableFuture<T> event() {
        return event;
    }

    /**
     * Calls a follower when it happens, or at once if it has.
     *
     * @param follower different from every other
     * @param until forgets the follower when it completes
     */
    void call(Consumer<? super T> follower, CompletableFuture<?> until) {
        call(follower);
        until.whenComplete((value, failure) -> waiting.remove(follower));
    }

    /** Calls a follower that never gives up. */
    void call(Consumer<? super T> follower) {
        waiting.add(follower);
        T now = event.getNow(null);
        if (now != null) {
            callOnce(follower, now);
        }
    }

    /**
     * Makes it happen.
     *
     * @return {@code false} if it had already
     */
    boolean happen(T what) {
        boolean isFirst = event.complete(what);
        if (isFirst) {
            waiting.forEach(follower -> callOnce(follower, what));
        }
        return isFirst;
    }

    int size() {
        return waiting.size();
    }

    private void callOnce(Consumer<? super T> follower, T what) {
        if (waiting.remove(follower)) {
            follower.accept(what);
        }
    }
}
