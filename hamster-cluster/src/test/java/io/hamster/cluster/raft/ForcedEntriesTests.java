package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ForcedEntriesTests {

    private final QueueingLog log = new QueueingLog();
    private final ForcedEntries entries = new ForcedEntries(log);

    @Test
    void areThoseThatTheLogCounts() {
        ForcedEntries.Batch first = append(1, 0, 3);
        ForcedEntries.Batch again = append(1, 0, 3);
        log.force(1);

        assertThat(first.isNew()).isTrue();
        assertThat(again.isNew()).isFalse();
        assertThat(entries.last(again)).isEqualTo(1);

        log.force(3);
        assertThat(entries.last(again)).isEqualTo(3);
    }

    @Test
    void areNewWhereTheLogLacksTheLastOfThem() {
        append(1, 0, 3);

        assertThat(append(1, 2, 3).isNew()).isFalse();
        assertThat(append(1, 2, 4).isNew()).isTrue();
    }

    @Test
    void endWhereOthersAreReplacedUntilThoseAreGoneFromTheDisk() {
        append(1, 0, 100);
        log.force(100);
        ForcedEntries.Batch replacing = append(2, 50, 60);
        ForcedEntries.Batch again = append(2, 50, 60);

        // The count is still that of the old ones.
        assertThat(log.forced()).isEqualTo(100);
        assertThat(entries.last(again)).isEqualTo(49);

        log.force(60);
        assertThat(entries.last(replacing)).isEqualTo(60);
        assertThat(entries.last(again)).isEqualTo(60);
    }

    @Test
    void areBelievedAgainOnceTheCountHasGoneBack() {
        append(1, 0, 100);
        log.force(100);
        append(2, 50, 60);
        ForcedEntries.Batch again = append(2, 50, 60);
        assertThat(entries.last(again)).isEqualTo(49);

        // Nobody heard the answer to the first batch.
        log.force(55);

        assertThat(entries.last(again)).isEqualTo(55);
    }

    @Test
    void areNotBelievedByAnAcknowledgementFromBefore() {
        ForcedEntries.Batch old = append(1, 0, 100);
        log.force(100);
        append(2, 50, 60);

        assertThat(entries.last(old)).isEqualTo(49);
    }

    @Test
    void areNotBelievedWhileAnotherReplacementIsPending() {
        append(1, 0, 100);
        log.force(100);
        append(2, 50, 60);
        ForcedEntries.Batch again = append(3, 55, 58);
        ForcedEntries.Batch last = append(3, 55, 58);
        assertThat(entries.last(last)).isEqualTo(49);

        // The first of the two.
        log.force(57);

        assertThat(entries.last(last)).isEqualTo(49);
        assertThat(entries.last(again)).isEqualTo(57);
    }

    @Test
    void areNotInDoubtForALeaderOfOld() {
        append(3, 0, 10);
        log.force(10);
        ForcedEntries.Batch again = append(3, 0, 10);

        entries.handed(2, batch(2, 5, 6));

        assertThat(entries.last(again)).isEqualTo(10);
    }

    private ForcedEntries.Batch append(long term, long first, long last) {
        ForcedEntries.Batch handed = entries.handed(term, batch(term, first, last));
        log.append(term, first, last);
        return handed;
    }

    private static List<LogEntryProto> batch(long term, long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(index ->
                        LogEntryProto.newBuilder().setTerm(term).setIndex(index).build())
                .toList();
    }

    /** Has in memory what was handed to it, and on its disk what it is told to. */
    private static final class QueueingLog implements ForcedEntries.Log {

        private final List<TermIndex> memory = new ArrayList<>();
        private long forced = -1;

        void append(long term, long first, long last) {
            for (long index = first; index <= last; index++) {
                TermIndex stored = at(index);
                if (stored != null && stored.getTerm() != term) {
                    memory.subList((int) index, memory.size()).clear();
                    stored = null;
                }
                if (stored == null) {
                    memory.add(TermIndex.valueOf(term, index));
                }
            }
        }

        void force(long last) {
            forced = last;
        }

        @Override
        public @Nullable TermIndex at(long index) {
            return index < memory.size() ? memory.get((int) index) : null;
        }

        @Override
        public @Nullable TermIndex last() {
            return memory.isEmpty() ? null : memory.get(memory.size() - 1);
        }

        @Override
        public long forced() {
            return forced;
        }
    }
}
