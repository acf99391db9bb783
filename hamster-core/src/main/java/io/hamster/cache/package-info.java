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
 * <p>The flight table is the cache's own rather than {@code Singleflight}, because publishing, detaching, waiting with
 * soft and hard timeouts, loading many keys by one call and detecting cycles all need the flight itself.
 *
 * <p>Everything here is thread-safe. Threads that load wait in futures, never in a monitor.
 */
@NullMarked
package io.hamster.cache;

import org.jspecify.annotations.NullMarked;
