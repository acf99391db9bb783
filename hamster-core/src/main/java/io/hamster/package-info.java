/**
 * What every part of Hamster shares: the root of its exceptions, key checks, time and the value codec.
 *
 * <p>Nothing here starts a thread or keeps state. Time, randomness and executors reach the other packages through
 * constructors; {@link io.hamster.TimeSource} is the clock they take.
 */
@NullMarked
package io.hamster;

import org.jspecify.annotations.NullMarked;
