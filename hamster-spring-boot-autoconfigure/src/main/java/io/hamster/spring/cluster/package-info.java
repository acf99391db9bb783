/**
 * The cluster as beans: properties, lifecycle, {@code @LeaderOnly}, {@code @RemoteFunction}, events, meters, health.
 *
 * <p>Where leadership and messages come from is a {@link io.hamster.spring.cluster.ClusterEngine}, chosen by
 * {@code hamster.cluster.mode}; one for a single node is built in. The cluster starts as the last of the context's
 * lifecycle beans, so that its callbacks find theirs running. It stops in two steps: it resigns first of all, before the
 * web server drains, and closes once the web server has stopped and everything that uses the cluster has ended.
 */
@NullMarked
package io.hamster.spring.cluster;

import org.jspecify.annotations.NullMarked;
