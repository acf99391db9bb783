/**
 * What Hamster's auto-configurations share: the clock and the executors, the start-up line and the way in which a wrong
 * configuration is reported.
 *
 * <p>Hamster's threads are held by {@link io.hamster.spring.HamsterExecutors}, which is no {@code Executor} itself: a
 * bean of that type would make Boot's own task executor and scheduler back off.
 */
@NullMarked
package io.hamster.spring;

import org.jspecify.annotations.NullMarked;
