/** Helpers for the tests of applications and of Hamster itself: time that moves only when a test says so. */
@NullMarked
package io.hamster.testing;

import org.jspecify.annotations.NullMarked;
