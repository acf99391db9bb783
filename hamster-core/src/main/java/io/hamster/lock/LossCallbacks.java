package io.hamster.lock;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An immutable list of who is to be told of a loss, the last first; or the mark that they have been told. */
final class LossCallbacks {

    static final LossCallbacks NONE = new LossCallbacks(null, null);

    /** In place of the list once it has run. */
    static final LossCallbacks DONE = new LossCallbacks(null, null);

    private final @Nullable Consumer<? super LockHandle> last;
    private final @Nullable LossCallbacks before;

    private LossCallbacks(@Nullable Consumer<? super LockHandle> last, @Nullable LossCallbacks before) {
        this.last = last;
        this.before = before;
    }

    LossCallbacks with(Consumer<? super LockHandle> callback) {
        return new LossCallbacks(callback, this);
    }

    /** Shows each, in the order in which they were registered. */
    void forEach(Consumer<Consumer<? super LockHandle>> action) {
        if (before != null && last != null) {
            before.forEach(action);
            action.accept(last);
        }
    }
}
