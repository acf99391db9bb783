/**
 * Hamster's locks under ShedLock: {@code lockAtMostFor} is the lease, which isn't renewed unless the task extends it;
 * {@code lockAtLeastFor} is kept by the store after the release.
 *
 * <p>Locks are taken in an empty {@link io.hamster.lock.LockContext} each: ShedLock's own rule for nested calls applies,
 * and a lock may be extended or released on any thread.
 */
@NullMarked
package io.hamster.spring.shedlock;

import org.jspecify.annotations.NullMarked;
