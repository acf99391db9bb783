/**
 * Hamster on Redis, by way of Spring Data Redis' Lettuce connection factory: the only package that knows either.
 *
 * <p>Hamster takes over the factory's client with all its settings, but has two connections of its own on it: one for
 * commands, one for publish/subscribe; and one for waiting for replicas, if that is asked for. A command that waits on the application's shared connection would hold up
 * everybody else's, and on connections of our own we notice a lost one at once and fail instead of queueing. Every
 * command is a script, one round trip, sent and answered without blocking; scripts write or at least are sent where
 * writes go, so nothing is ever read from a replica.
 */
@NullMarked
package io.hamster.spring.redis;

import org.jspecify.annotations.NullMarked;
