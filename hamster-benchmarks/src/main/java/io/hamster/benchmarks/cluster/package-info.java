/**
 * A cluster of three JVMs on the loopback address, each a node: replicated locks beside what Apache Ratis does alone,
 * remote calls beside what JGroups does alone, both with the same settings, and how soon a lost leader is replaced.
 */
@NullMarked
package io.hamster.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
