/**
 * Caches that load a key once, never publish a stale load and stay within their bounds.
 *
 * <p>A {@link io.hamster.cache.CacheClient} makes and finds {@link io.hamster.cache.HamsterCache caches} by name; a
 * {@link io.hamster.cache.CachePolicy} says how each behaves. Two parts share the work: a <em>tier</em> holds the
 * entries and decides whether a load may still be published, and <em>loads</em> run loaders, one flight per key.
 *
 * <p>Invariants. (1) A flight is in the table before its loader runs and leaves it after its value is in the tier, and
 * whoever installs one looks into the tier again: so a key loads once. (2) A value is published inside the engine's
 * atomic step for its key, and only while its flight is still the one in the table; put and invalidate remove the
 * flight inside the same step: so no load overtakes a later write. Clearing moves an epoch that every entry and flight
 * carries; invalidating a tag moves a striped stamp that is compared with the one taken before the load, because the
 * tags of a load may be known only after it. (3) Lock order is engine, then flight table or tag index; no user code
 * runs under any of them, so loaders, writers, weighers and listeners may call the cache.
 *
 * <p>A shared cache has the same two parts before a store that other instances use too. Keys are known there by their
 * text alone. Further invariants. (4) A flight asks the store before its loader, and brings there what it loaded under the
 * ticket that the store gave it: what the store refuses isn't kept here either. (5) A change goes to the source, the
 * store, this JVM's tier and the other instances, in that order, and what the store hasn't confirmed is invalidated there
 * until it has, or has confirmed a later change of the key; meanwhile its keys bypass the store. (6) Nothing from the store, nor a value that was put, enters this
 * JVM's tier if its key was touched here since before the store was asked. So an entry of this JVM is wrong only while a
 * message of another instance is under way: entries are used while the channel proves that messages arrive, and otherwise
 * for the bound after they were known to be right. (7) In cluster scope a ticket is a lease: only the request that created
 * it loads, renews it meanwhile and ends it if nothing comes of the load, so that the others wait for a value, for its
 * end or for its running out, whichever comes first; where there is no store, the nodes of a cluster keep such leases for
 * each other, see {@link io.hamster.cache.lease}. (8) Reads never fail because of the store, and never wait for one
 * that is known to be away.
 *
 * <p>A shared cache that writes back has a journal before both. (9) A write is in the journal before the store's entry and
 * ticket end; a load asks the journal under its ticket, so what it publishes is no older than any write that came before
 * the ticket, and writes that come later end it. (10) The journal forgets a write only after the store, this JVM's tier and
 * the other instances have dropped the key again; and reads ask the store after the journal: so what they find there, once
 * the journal says nothing of the key, is no older than what it has forgotten. (11) A journal that can't be asked makes
 * reads that this JVM's tier can't answer fail: the source may be behind.
 *
 * <p>The flight table is the cache's own rather than {@code Singleflight}, because publishing, detaching, waiting with
 * soft and hard timeouts, loading many keys by one call and detecting cycles all need the flight itself.
 *
 * <p>Everything here is thread-safe. Threads that load wait in futures, never in a monitor.
 */
@NullMarked
package io.hamster.cache;

import org.jspecify.annotations.NullMarked;
