/**
 * Hamster on Redis, by way of Spring Data Redis' Lettuce connection factory: the only package that knows either.
 *
 * <p>Hamster takes over the factory's client with all its settings, but has two connections of its own on it: one for
 * commands, one for publish/subscribe; and one for waiting for replicas, if that is asked for. A command that waits on
 * the application's shared connection would hold up everybody else's, and on connections of our own we notice a lost
 * one at once and fail instead of queueing. Every command is a script, one round trip, sent and answered without
 * blocking; or it reads a cache's entry, which takes Redis a fraction of a script's time with plain commands. All are
 * sent where writes go, so nothing is ever read from a replica.
 *
 * <p>Shared caches have two more of both kinds, made when the first such cache is: an application whose caches are all
 * local connects to nothing on their behalf.
 *
 * <p>A cache's entries, tickets and state are in buckets, each of one slot: one on a single server, several on a cluster.
 * A bucket's state is its epoch, which is in the names of its entries and tickets, so that counting it up clears them, and
 * the time of the last invalidation of each tag, with which an entry is compared whenever it is found. Tags are remembered
 * by 65,536 stripes, so that this stays bounded. {@code EntryFormat} says what an entry looks like; what can't be read is
 * nothing, never an error.
 *
 * <p>A cluster of Hamster's nodes, called a group here where it could be taken for a cluster of Redis servers, has two more
 * connections of both kinds, made when it starts. A lease that expires says who leads, announcements that expire who is
 * alive, and each process has a channel for what others ask of it.
 */
@NullMarked
package io.hamster.spring.redis;

import org.jspecify.annotations.NullMarked;
