/**
 * How the instances' local tiers learn of each other's changes.
 *
 * <p>An {@link io.hamster.cache.invalidation.InvalidationChannel} carries messages from each instance to all, as well as
 * it can: it may lose them, delay them and change their order.
 * {@link io.hamster.cache.invalidation.InvalidationNews} makes of that a bound. Its messages are numbered by each sender,
 * and heartbeats carry the last number: whoever misses one hears of it with the next message or heartbeat, and forgets
 * everything. Heartbeats come back to their sender too. One that does, within the bound, shows that sending and hearing
 * work, from the start on: as long as none has, nothing that is kept locally may be trusted.
 *
 * <p>A message is applied whenever it arrives, be it late or twice: dropping an entry is never wrong. A number is never
 * awaited; a gap is acted upon at once, so there is nothing to remember but the last number of each sender.
 */
@NullMarked
package io.hamster.cache.invalidation;

import org.jspecify.annotations.NullMarked;
