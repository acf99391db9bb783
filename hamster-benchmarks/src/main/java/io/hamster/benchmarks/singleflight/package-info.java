/** Single flight. */
@NullMarked
package io.hamster.benchmarks.singleflight;

import org.jspecify.annotations.NullMarked;
