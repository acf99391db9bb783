/**
 * Caches in memory, cached methods and caches that are shared through Redis, against what others offer. Reads follow
 * Zipf's law over ten thousand keys and all hit.
 */
@NullMarked
package io.hamster.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
