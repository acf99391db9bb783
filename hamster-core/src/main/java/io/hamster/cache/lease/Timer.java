package io.hamster.cache.lease;

/** Runs work later. */
@FunctionalInterface
interface Timer {

    /** Whether it will be run. */
    boolean later(long nanos, Runnable work);
}
