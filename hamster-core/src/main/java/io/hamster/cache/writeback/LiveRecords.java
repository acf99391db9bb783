package io.hamster.cache.writeback;

import io.hamster.cache.writeback.Segment.Live;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which records of the log still count. */
final class LiveRecords {

    private final Map<Key, Live> byKey = new HashMap<>();
    private final Map<Long, Live> bySequence = new HashMap<>();
    private long bytes;

    /** Takes the place of the key's older record. */
    void add(Live record) {
        Live older = byKey.get(record.key);
        if (older != null && older.sequence > record.sequence) {
            return;
        }
        if (older != null) {
            if (older.sequence == record.sequence) {
                // A copy, whose mark a crash may have cut off.
                record.parked = older.parked;
            }
            remove(older);
        }
        byKey.put(record.key, record);
        bySequence.put(record.sequence, record);
        record.segment.live.add(record);
        bytes += record.length;
    }

    @Nullable
    Live find(long sequence) {
        return bySequence.get(sequence);
    }

    void forget(long sequence) {
        Live record = bySequence.get(sequence);
        if (record != null) {
            remove(record);
        }
    }

    void move(Live record, Segment to, long offset) {
        record.segment.live.remove(record);
        record.segment = to;
        record.offset = offset;
        to.live.add(record);
    }

    private void remove(Live record) {
        byKey.remove(record.key);
        bySequence.remove(record.sequence);
        record.segment.live.remove(record);
        bytes -= record.length;
    }

    Collection<Live> all() {
        return bySequence.values();
    }

    long bytes() {
        return bytes;
    }
}
