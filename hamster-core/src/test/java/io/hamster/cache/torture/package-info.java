/**
 * Processes that write back under load while a test kills them, each leaving a log of what was acknowledged to it and
 * of what reached the source; and the check of those logs. What differs between journals is the client that a main
 * class makes and hands to {@link io.hamster.cache.torture.WritingProcess}.
 */
package io.hamster.cache.torture;
