/**
 * Locks whose handles know when they end.
 *
 * <p>Above the {@link io.hamster.lock.LockStore} seam everything is written once. A handle's whole state is one word (its
 * deadline, or why it ended), changed by compare-and-set, so it ends once and never comes back. One timer per client
 * looks at all handles and waiters from time to time and keeps only what is due before its next look in a heap: a lock
 * that is released soon is never scheduled. Waiters of a key stand in a queue guarded by that queue's lock; the store is
 * called, and futures are completed, only outside of it. Nothing here blocks but the callers of the blocking methods.
 *
 * <p>Over a store that doesn't order its waiters, a released lock passes to the first who waits in this JVM, in one step
 * where the store can, and other instances aren't told. What holds all the same:
 *
 * <ul>
 *   <li>Passing on is a release and a grant like any other: the holder's token has nothing left, the next one's gets a
 *       higher fence, and either answer may be missing. Then the holder releases again in the background, and the next
 *       asks again or is buried; whatever order these arrive in, at most one of the two tokens has the lock.
 *   <li>Whoever was refused is told once the lock becomes free, at the latest when a round of turns has passed in
 *       one JVM: until then each grant keeps a note of it. If a JVM ends in between, the lock ends with the lease of its
 *       last turn. A waiter elsewhere finds that out by asking when the lease it was told of ends, and then when the one
 *       does that it is told of next; a turn whose lease ends sooner than that is announced.
 *   <li>Only a lock that is let go altogether is passed on: by its last holder, with no request of its own that may
 *       still arrive, and not to be kept for longer.
 * </ul>
 */
@NullMarked
package io.hamster.lock;

import org.jspecify.annotations.NullMarked;
