/**
 * Processes that contend for locks while a test kills, pauses and cuts off what it likes, each leaving a log of what it
 * held; and the check of those logs. A store's module starts the processes, with a main class that makes a client of
 * its store and hands it to {@link io.hamster.lock.torture.Contenders}.
 */
package io.hamster.lock.torture;
