package io.hamster.cache.writeback;

import io.hamster.cache.writeback.RecordFormat.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Records that are written together. */
final class Group {

    final List<Change> changes = new ArrayList<>();
    final List<Long> forgotten = new ArrayList<>();
    final List<Mark> marks = new ArrayList<>();

    /**
     * Says something of a record.
     *
     * @param reason encoded; empty if there is none
     */
    record Mark(Type type, long sequence, byte[] reason) {}

    boolean isEmpty() {
        return changes.isEmpty() && forgotten.isEmpty() && marks.isEmpty();
    }

    /** Forgetting may be undone by a crash, so it can wait for the next group. */
    boolean mustLast() {
        return !changes.isEmpty() || !marks.isEmpty();
    }

    /** All of its bytes, with those of the record that begins it. */
    int size() {
        long size = RecordFormat.GROUP;
        for (Change change : changes) {
            size += RecordFormat.size(change);
        }
        if (!forgotten.isEmpty()) {
            size += RecordFormat.sizeOfForgotten(forgotten.size());
        }
        for (Mark mark : marks) {
            size += RecordFormat.sizeOfMark(mark.reason());
        }
        return Math.toIntExact(size);
    }

    void encode(ByteBuffer into, long firstSequence) {
        long sequence = firstSequence;
        for (Change change : changes) {
            RecordFormat.change(into, change, sequence++);
        }
        if (!forgotten.isEmpty()) {
            RecordFormat.forgotten(into, forgotten);
        }
        for (Mark mark : marks) {
            RecordFormat.mark(into, mark.type(), mark.sequence(), mark.reason());
        }
    }
}
