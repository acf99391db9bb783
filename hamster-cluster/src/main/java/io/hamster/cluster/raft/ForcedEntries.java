package io.hamster.cluster.raft;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;

/**
 * Up to which entry a log is on this disk.
 *
 * <p>The log's own count is true but for a while after entries replaced others: it goes back only when the old ones are
 * removed from the disk, long after they are from memory. Until then it is believed only up to where the new ones begin.
 * That they are removed is known from an acknowledgement of entries that were handed in then or later, for the log does
 * one thing after the other, or from a count that went back.
 *
 * <p>Safe for use by many threads; entries are handed in by one at a time.
 */
final class ForcedEntries {

    private static final long NOTHING_DOUBTFUL = Long.MAX_VALUE;

    private final Log log;
    private final ReentrantLock lock = new ReentrantLock();
    private long term;
    private long replacements;
    /** Of them, those that may not have reached the disk. */
    private int pending;

    private long doubtful = NOTHING_DOUBTFUL;
    private long seen;

    ForcedEntries(Log log) {
        this.log = log;
    }

    /** What is asked of a log. */
    interface Log {

        /** The entry at an index, if it is in memory or on the disk. */
        @Nullable
        TermIndex at(long index);

        /** The last entry, if there is any. */
        @Nullable
        TermIndex last();

        /** The index of the last entry that was forced to the disk. */
        long forced();

        static Log of(RaftLog log) {
            return new Log() {
                @Override
                public @Nullable TermIndex at(long index) {
                    return log.getTermIndex(index);
                }

                @Override
                public @Nullable TermIndex last() {
                    return log.getLastEntryTermIndex();
                }

                @Override
                public long forced() {
                    return log.getFlushIndex();
                }
            };
        }
    }

    /**
     * Entries that are handed to the log together.
     *
     * @param isNew whether the log doesn't have the last of them yet; it is acknowledged when it was written then
     * @param replacements how often entries were replaced, by these too
     */
    record Batch(boolean isNew, long replacements) {}

    /** Entries, at least one, are about to be handed to the log by the leader of a term. */
    Batch handed(long leaderTerm, List<LogEntryProto> entries) {
        TermIndex end = log.last();
        LogEntryProto first = entries.get(0);
        LogEntryProto last = entries.get(entries.size() - 1);
        long common = end == null ? -1 : Math.min(end.getIndex(), last.getIndex());
        TermIndex stored = common >= first.getIndex() ? log.at(common) : null;
        boolean replaces = stored != null
                && stored.getTerm()
                        != entries.get((int) (common - first.getIndex())).getTerm();
        lock.lock();
        try {
            // Those of a leader of old are refused.
            if (replaces && leaderTerm >= term) {
                replacements++;
                pending++;
                doubtful = Math.min(doubtful, first.getIndex());
                seen = log.forced();
            }
            term = Math.max(term, leaderTerm);
            return new Batch(replaces || common < last.getIndex(), replacements);
        } finally {
            lock.unlock();
        }
    }

    /** Up to which entry the log is on the disk now that a batch has been acknowledged. */
    long last(Batch acknowledged) {
        lock.lock();
        try {
            long forced = log.forced();
            if (acknowledged.isNew() && acknowledged.replacements() == replacements) {
                pending = 0;
            } else if (forced < seen && pending > 0) {
                pending--;
            }
            if (pending == 0) {
                doubtful = NOTHING_DOUBTFUL;
            }
            seen = forced;
            return Math.min(forced, doubtful - 1);
        } finally {
            lock.unlock();
        }
    }
}
