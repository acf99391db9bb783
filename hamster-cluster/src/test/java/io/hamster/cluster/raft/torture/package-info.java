/** Clusters of real processes under faults, and what checks that nobody led beside another. */
package io.hamster.cluster.raft.torture;
