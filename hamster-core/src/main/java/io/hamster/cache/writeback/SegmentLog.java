package io.hamster.cache.writeback;

import io.hamster.cache.writeback.Group.Mark;
import io.hamster.cache.writeback.RecordFormat.Type;
import io.hamster.cache.writeback.Segment.Live;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The segments of a file journal. For one thread; blocks for the disk. */
final class SegmentLog implements AutoCloseable {

    static final int SEGMENT_BYTES = 8 << 20;

    private static final Logger log = LoggerFactory.getLogger(SegmentLog.class);
    /** Filled in advance, so that a force need not write the file's size and extents each time. */
    private static final int RESERVE = 512 << 10;

    /** Of that, what writes leave for forgetting them: more than it takes to forget ten thousand. */
    private static final int SPARE = 128 << 10;

    private static final int BUFFER = 64 << 10;
    private static final int LARGEST_KEPT_BUFFER = 1 << 20;

    private final String name;
    private final JournalFiles files;
    private final LongSupplier firstSequence;
    private final int segmentBytes;
    private final LiveRecords live = new LiveRecords();
    private final Deque<Segment> sealed = new ArrayDeque<>();
    private final ByteBuffer zeros;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private @Nullable Segment active;
    private long sealedBytes;
    private long nextSequence;
    private long damaged;
    private boolean mustRepair;
    private boolean mustForceDirectory;
    private boolean maintenanceFails;

    /**
     * @param name of the journal, for messages
     * @param firstSequence the least sequence to begin with
     */
    SegmentLog(String name, JournalFiles files, LongSupplier firstSequence, int segmentBytes) {
        this.name = name;
        this.files = files;
        this.firstSequence = firstSequence;
        this.segmentBytes = segmentBytes;
        this.zeros = ByteBuffer.allocateDirect(Math.min(RESERVE, segmentBytes));
    }

    /** Reads what there is and makes a segment to go on with. */
    List<JournalRecord> recover() throws IOException {
        Recovery recovery = new Recovery(name, files, live);
        try {
            recover(recovery);
            maintain();
            return recovery.records();
        } catch (Throwable e) {
            sealed.clear();
            sealed.addAll(recovery.segments());
            closeAfter(e);
            throw e;
        }
    }

    private void recover(Recovery recovery) throws IOException {
        recovery.scan();
        recovery.cutTails();
        nextSequence = Math.max(recovery.lastSequence() + 1, firstSequence.getAsLong());
        active = create(recovery.lastNumber() + 1);
        // First of all, lest a crash here makes them look like the latest of their keys.
        park(recovery.doubtful());
        recovery.setAside();
        for (Segment segment : recovery.segments()) {
            sealed.add(segment);
            sealedBytes += segment.position;
        }
        damaged = recovery.damaged();
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (Throwable e) {
            failure.addSuppressed(e);
        }
    }

    private void park(List<Live> records) throws IOException {
        if (!records.isEmpty()) {
            Group group = new Group();
            for (Live record : records) {
                group.marks.add(new Mark(Type.PARKED, record.sequence, encoded(record.parked)));
            }
            write(group);
        }
    }

    private static byte[] encoded(@Nullable String reason) {
        return (reason == null ? "" : reason).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Writes a group and, if it has to last, forces it. If that fails, nothing of it is there.
     *
     * @return the sequence of its first change
     */
    long write(Group group) throws IOException {
        long first = nextSequence;
        // Not given again, even if this fails: who knows what of it a crash would leave.
        nextSequence += group.changes.size();
        ByteBuffer bytes = buffer(group.size());
        group.encode(bytes, first);
        long offset = put(bytes.flip(), group.mustLast(), group.changes.isEmpty()) + RecordFormat.GROUP;
        apply(group, first, offset);
        maintain();
        return first;
    }

    /** Empty but for the room for the group's record. */
    private ByteBuffer buffer(int size) {
        if (size > LARGEST_KEPT_BUFFER) {
            return ByteBuffer.allocate(size).position(RecordFormat.GROUP);
        }
        if (size > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(Math.min(LARGEST_KEPT_BUFFER, 2 * size));
        }
        return buffer.clear().position(RecordFormat.GROUP);
    }

    /**
     * Where the bytes have gone in the active segment.
     *
     * @param givesBack whether they are about to make room, on a disk that may be full
     */
    private long put(ByteBuffer bytes, boolean force, boolean givesBack) throws IOException {
        try {
            if (mustRepair) {
                repair();
            }
            if (active().position > RecordFormat.HEADER && active().position + bytes.limit() > segmentBytes) {
                roll();
            }
            Segment segment = active();
            long offset = segment.position;
            RecordFormat.group(bytes.position(0), segment.forced);
            mustRepair = true;
            write(segment, bytes.position(0), offset, givesBack);
            if (force) {
                segment.file.force();
                segment.forced = segment.position;
            }
            mustRepair = false;
            return offset;
        } catch (IOException e) {
            tryRepair(e);
            throw e;
        }
    }

    private void write(Segment segment, ByteBuffer bytes, long offset, boolean givesBack) throws IOException {
        long end = offset + bytes.limit();
        segment.file.write(bytes, offset);
        segment.reserved = Math.max(segment.reserved, end);
        if (!givesBack && end + SPARE > segment.reserved) {
            long room = Math.min(zeros.capacity(), segmentBytes - segment.reserved);
            if (room > 0) {
                segment.file.write(zeros.clear().limit((int) room), segment.reserved);
                segment.reserved += room;
            }
        }
        segment.position = end;
    }

    /** After a failure nobody knows what of the last writes is there: only what was forced before them is kept. */
    private void repair() throws IOException {
        Segment segment = active();
        segment.file.truncate(segment.forced);
        segment.file.force();
        segment.position = segment.forced;
        segment.reserved = segment.forced;
        mustRepair = false;
    }

    private void tryRepair(IOException failure) {
        if (mustRepair) {
            try {
                repair();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private void apply(Group group, long first, long from) {
        long offset = from;
        long sequence = first;
        for (Change change : group.changes) {
            int length = RecordFormat.size(change);
            live.add(new Live(new Key(change.key()), sequence++, active(), offset, length));
            offset += length;
        }
        group.forgotten.forEach(live::forget);
        for (Mark mark : group.marks) {
            Live record = live.find(mark.sequence());
            if (record != null) {
                record.parked = mark.type() == Type.PARKED ? new String(mark.reason(), StandardCharsets.UTF_8) : null;
            }
        }
    }

    private void roll() throws IOException {
        Segment full = active();
        mustRepair = true;
        full.file.truncate(full.position);
        full.file.force();
        mustRepair = false;
        full.reserved = full.position;
        full.forced = full.position;
        active = create(full.number + 1);
        sealed.add(full);
        sealedBytes += full.position;
    }

    private Segment create(long number) throws IOException {
        Segment segment = new Segment(number, files.open(Segment.name(number)));
        try {
            segment.file.truncate(0);
            segment.file.write(RecordFormat.header(nextSequence), 0);
            segment.file.force();
            files.force();
        } catch (Throwable e) {
            remove(segment, e);
            throw e;
        }
        segment.position = RecordFormat.HEADER;
        segment.forced = RecordFormat.HEADER;
        segment.reserved = RecordFormat.HEADER;
        return segment;
    }

    /**
     * As well as it can: the segment before goes on being written, and looks better with nothing behind it. Without its
     * header first, by which what can't be deleted would be taken for what was written later.
     */
    private void remove(Segment segment, Throwable failure) {
        mustForceDirectory = true;
        try {
            segment.file.truncate(0);
            segment.file.force();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        try {
            segment.file.close();
            files.delete(segment.name());
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Gives the disk back what it can. That it fails is no failure of what was written. */
    private void maintain() {
        try {
            forceDirectory();
            dropOldest();
            if (sealedBytes > 2 * live.bytes() + segmentBytes && !sealed.isEmpty()) {
                moveOldest();
                dropOldest();
            }
            maintenanceFails = false;
        } catch (Throwable e) {
            // An error too, such as too little memory: the group is forced and counts.
            if (!maintenanceFails) {
                log.warn("The write-back journal {} can't be compacted for now: {}", name, e.toString());
            }
            maintenanceFails = true;
        }
    }

    private void dropOldest() throws IOException {
        while (!sealed.isEmpty() && sealed.element().live.isEmpty()) {
            forceDirectory();
            Segment oldest = sealed.element();
            oldest.file.close();
            files.delete(oldest.name());
            sealed.remove();
            sealedBytes -= oldest.position;
            // One by one: should an older segment come back after a crash, then so do all that follow it.
            mustForceDirectory = true;
            forceDirectory();
        }
    }

    private void forceDirectory() throws IOException {
        if (mustForceDirectory) {
            files.force();
            mustForceDirectory = false;
        }
    }

    /** Copies what still counts in the oldest segment to the newest. */
    private void moveOldest() throws IOException {
        List<Live> left = new ArrayList<>(sealed.element().live);
        while (!left.isEmpty()) {
            int count = 0;
            int size = RecordFormat.GROUP;
            while (count < left.size() && (count == 0 || size + sizeOf(left.get(count)) <= LARGEST_KEPT_BUFFER)) {
                size += sizeOf(left.get(count++));
            }
            move(left.subList(0, count), size);
            left = left.subList(count, left.size());
        }
    }

    private static int sizeOf(Live record) {
        return record.length + (record.parked == null ? 0 : RecordFormat.sizeOfMark(encoded(record.parked)));
    }

    private void move(List<Live> records, int size) throws IOException {
        ByteBuffer bytes = buffer(size);
        for (Live record : records) {
            copy(record, bytes);
            if (record.parked != null) {
                RecordFormat.mark(bytes, Type.PARKED, record.sequence, encoded(record.parked));
            }
        }
        long offset = put(bytes.flip(), true, false) + RecordFormat.GROUP;
        for (Live record : records) {
            live.move(record, active(), offset);
            offset += sizeOf(record);
        }
    }

    private static void copy(Live record, ByteBuffer into) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(record.length);
        record.segment.file.read(bytes, record.offset);
        if (bytes.hasRemaining() || RecordFormat.read(bytes.flip(), 0) == null) {
            throw new IOException("The record at " + record.offset + " of " + record.segment.name()
                    + " can't be read any more; its value is still in memory");
        }
        into.put(bytes);
    }

    private Segment active() {
        if (active == null) {
            throw new IllegalStateException("The journal " + name + " has not been opened");
        }
        return active;
    }

    long damaged() {
        return damaged;
    }

    int segments() {
        return sealed.size() + 1;
    }

    @Override
    public void close() throws IOException {
        List<Segment> open = new ArrayList<>(sealed);
        if (active != null) {
            open.add(active);
        }
        IOException failure = null;
        for (Segment segment : open) {
            try {
                segment.file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
