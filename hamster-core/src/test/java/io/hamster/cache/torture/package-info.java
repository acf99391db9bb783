/**
 * Instances of shared caches that read, load and change what a source has while a test disturbs what they share, each
 * leaving a log of what it saw; and the check of those logs. A store's module starts the processes, with a main class
 * that makes a client of its store and hands it to {@link io.hamster.cache.torture.CacheUsers}.
 */
package io.hamster.cache.torture;
