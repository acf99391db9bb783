/**
 * Locks within one JVM.
 *
 * <p>Keys are spread over stripes, each with one lock around plain maps; nothing outside is called while it is held. The
 * store orders its waiters: a lock that becomes free is offered to the first, who has a moment to take it before it goes
 * to the next. Leases end by monotonic time, looked at when somebody asks or waits; what nobody asks for any more is
 * swept when its stripe grows.
 */
@NullMarked
package io.hamster.lock.memory;

import org.jspecify.annotations.NullMarked;
