/**
 * Locks whose handles know when they end.
 *
 * <p>Above the {@link io.hamster.lock.LockStore} seam everything is written once. A handle's whole state is one word (its
 * deadline, or why it ended), changed by compare-and-set, so it ends once and never comes back. One timer per client
 * looks at all handles and waiters from time to time and keeps only what is due before its next look in a heap: a lock
 * that is released soon is never scheduled. Waiters of a key stand in a queue guarded by that queue's lock; the store is
 * called, and futures are completed, only outside of it. Nothing here blocks but the callers of the blocking methods.
 */
@NullMarked
package io.hamster.lock;

import org.jspecify.annotations.NullMarked;
