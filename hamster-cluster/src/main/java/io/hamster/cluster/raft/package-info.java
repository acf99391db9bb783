/**
 * A cluster with no server: the instances are a Raft group of their own (Apache Ratis) and exchange messages over JGroups,
 * behind the seams of {@link io.hamster.cluster}, {@link io.hamster.lock} and {@link io.hamster.cache}.
 *
 * <p>One log, one {@link io.hamster.cluster.raft.GroupLog}; its state has parts (leadership, locks), each a
 * {@link io.hamster.cluster.raft.ReplicatedPart} that every node applies alike. Reads are entries too. Time in the table
 * is the log's own: the leader stamps each entry with a clock that goes on from the last stamp, so no replica looks at
 * its clock and a lease only ever gets longer by a change of leaders.
 *
 * <p>Leadership is a lease within a Raft term. The leader confirms it with beats, entries that count only in the term
 * they were made for; its deadline is the reading of its clock from before the beat was sent, plus the lease. A new
 * leader, having applied whatever was agreed on before its term, waits for the longest lease in the log from when it
 * applied the last beat, unless that lease was released. That beat was sent earlier, so the old deadline has passed by
 * then, however many elections there were in between.
 *
 * <p>Locks are a table in the log. A lock that becomes free is offered to the first who waits and taken by a further entry,
 * so a lease never begins before its holder asked. Commands carry stamps in table time: one that comes late or twice is
 * refused where it could do harm.
 *
 * <p>A node is its name and an incarnation, which is stored beside its log. A node whose directory is empty was never a
 * voter: it founds a group only with all the others, all empty as well, or joins one under its new incarnation.
 *
 * <p>Where Ratis by itself would harm the application or the group, a class stands before it: {@code RatisManners}
 * keeps it from exiting the JVM, {@code VotersOnly} from answering for whoever had its address before,
 * {@code ForcedOnly} from acknowledging what isn't on the disk yet, {@code LostAcknowledgements} from waiting in vain
 * once it is elected, {@code LogTail} from taking a damaged log for a torn one and the other way round. Its reads
 * aren't used: one of them answers without a majority.
 */
@NullMarked
package io.hamster.cluster.raft;

import org.jspecify.annotations.NullMarked;
