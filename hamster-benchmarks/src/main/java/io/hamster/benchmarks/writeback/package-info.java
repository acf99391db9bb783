/** Acknowledged puts of a cache that writes back with a journal in files, beside a plain append to a file. */
@NullMarked
package io.hamster.benchmarks.writeback;

import org.jspecify.annotations.NullMarked;
