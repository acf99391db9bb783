/**
 * Probes peers and tells a {@link io.hamster.hash.PeerPicker} which are alive.
 *
 * <p>{@link io.hamster.hash.health.PeerProber} decides when to probe and what a row of results means;
 * {@link io.hamster.hash.health.PeerHealthChecker} makes one probe, blocking, on the executor that the prober was given:
 * the scheduler's threads only start probes and end those that take too long. At most one probe of a peer runs at any
 * time, and a limited number of all.
 */
@NullMarked
package io.hamster.hash.health;

import org.jspecify.annotations.NullMarked;
