/** Caches beside Caffeine and plain maps. */
@NullMarked
package io.hamster.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
