/** Other JVMs that a measurement takes. */
@NullMarked
package io.hamster.benchmarks.process;

import org.jspecify.annotations.NullMarked;
