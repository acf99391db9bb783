/**
 * Hamster's locks as Spring Integration's {@code LockRegistry}.
 *
 * <p>The registry keeps nothing: a lock that it hands out is a view of one key, and who holds it, and how often, is what
 * the calling {@link io.hamster.lock.LockContext} knows. So no lock that is held can be evicted, and none that isn't is
 * left behind; and as the client's queue is the only place to wait in, a wait is counted once.
 */
@NullMarked
package io.hamster.spring.integration;

import org.jspecify.annotations.NullMarked;
