/**
 * Locks, against what others offer on the same Redis: each contender takes and gives back locks as its documentation
 * says. One server without persistence on the loopback address for each forked JVM.
 */
@NullMarked
package io.hamster.benchmarks.lock;

import org.jspecify.annotations.NullMarked;
