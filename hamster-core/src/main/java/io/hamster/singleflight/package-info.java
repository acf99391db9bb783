/**
 * Single flight: calls for the same key that come while one is running share its result instead of repeating its work.
 *
 * <p>{@link io.hamster.singleflight.Singleflight} is the only entry point. Invariants: a key has at most one flight in
 * the table; a flight leaves the table before its result is published, so that nobody who comes later sees an old
 * result; only a flight's own runner, a caller of it who is overdue, or {@code forget} removes it, by identity, so that an old flight never removes a
 * newer one. The table is an array of bins that change by compare-and-set from one immutable state to the next. A
 * caller has to inflate a bin before it may join a flight, so a runner whose bin is still flat knows that it is alone
 * and has nobody to tell. Waiters block in a {@link java.util.concurrent.CountDownLatch}, never in a monitor.
 */
@NullMarked
package io.hamster.singleflight;

import org.jspecify.annotations.NullMarked;
