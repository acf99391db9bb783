/** Bloom filters beside Guava's. */
@NullMarked
package io.hamster.benchmarks.bloom;

import org.jspecify.annotations.NullMarked;
