/** Rings and pickers. */
@NullMarked
package io.hamster.benchmarks.hash;

import org.jspecify.annotations.NullMarked;
