/**
 * Locks in a Spring Boot application: the beans, and the advice behind
 * {@link io.hamster.annotation.HamsterLocked @HamsterLocked}.
 *
 * <p>An annotated method is read once, at start, into a {@code LockedMethod}; whatever can't work stops the start. A
 * call turns it into requests, sorted by key, and from there takes one of three ways by the method's return type:
 * blocking, future, {@code Mono}. The three share how locks are lost ({@code HeldLocks}) and differ only in how they wait.
 *
 * <p>Advisors are made while Spring still makes its post-processors: they depend on nothing but the parser and fetch the
 * client when the first call comes.
 *
 * <p>Acquisitions are seen twice, but timed once: {@code LockMeters} hears of each one's end from the client
 * and owns the timer {@code hamster.lock.acquire}; where there is an {@code ObservationRegistry}, {@code ManagedLockClient}
 * makes an observation of the same name for the handlers that follow traces, and {@code TimedAlreadyHandler} takes it
 * from the one that would make a second timer of it.
 */
@NullMarked
package io.hamster.spring.lock;

import org.jspecify.annotations.NullMarked;
