/**
 * The shared tier of caches: what several instances keep together, in bytes.
 *
 * <p>A {@link io.hamster.cache.store.CacheStore} is one cache's part of a server. It knows keys as text, values as bytes
 * and tags, and nothing of loaders, flights or codecs: those are above it, the same for every store. A store never blocks
 * its caller, and one that can't be asked fails with
 * {@link io.hamster.cache.store.CacheStoreUnavailableException}; it never says that it holds nothing because it couldn't
 * look.
 *
 * <p>What keeps a slow load from overwriting a later change is its {@link io.hamster.cache.store.CacheStore.Ticket}, the
 * lease of memcache (Nishtala et al., "Scaling Memcache at Facebook", 2013). A read that finds nothing creates the key's
 * ticket or joins the one there is, in the same atomic step; a loaded value is taken only while that ticket stands; every
 * change of the key ends it, as does clearing. A ticket also remembers the moment of its creation, with which the last
 * invalidation of each tag of the loaded value is compared, because those tags may be known only after the load. A store
 * that loses a ticket, to make room or in a failover, refuses the value: that costs a load, nothing else.
 *
 * <p>Time is the store's own. Entries are given how long they live from now on and come back with what is left of it, so
 * that the clocks of the instances needn't agree.
 */
@NullMarked
package io.hamster.cache.store;

import org.jspecify.annotations.NullMarked;
