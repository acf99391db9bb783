package io.hamster.cache;

/**
 * Where a value comes from in time, read before its load began or it was put.
 *
 * @param epoch the stamps' epoch
 * @param stamp the stamps' clock
 * @param at monotonic nanoseconds
 */
record Origin(long epoch, long stamp, long at) {}
