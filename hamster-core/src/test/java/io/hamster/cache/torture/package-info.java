/**
 * Instances of shared caches that read, load and change what a source has while a test disturbs what they share, each
 * leaving a log of what it saw; and the check of those logs. A store's module starts the processes, with a main class
 * that makes a client of its store and hands it to {@link io.hamster.cache.torture.CacheUsers}.
 *
 * <p>Processes that write back under load while a test kills them, each leaving a log of what was acknowledged to it and
 * of what reached the source; and the check of those logs. What differs between journals is the client that a main
 * class makes and hands to {@link io.hamster.cache.torture.WritingProcess}.
 */
package io.hamster.cache.torture;
