package io.hamster.cache.writeback;

import io.hamster.cache.writeback.RecordFormat.Read;
import io.hamster.cache.writeback.RecordFormat.Type;
import io.hamster.cache.writeback.Segment.Live;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the segments that a process left. Nothing is changed before everything has been read, and damaged bytes stay
 * where they are until what follows from them is remembered: a crash here leaves what there was.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final String DOUBT =
            "the journal was damaged behind this write, so a newer one of its key may have been lost";

    private final String name;
    private final JournalFiles files;
    private final LiveRecords live;
    private final List<Segment> segments = new ArrayList<>();
    private final Map<Long, Change> changes = new HashMap<>();
    private final List<Live> doubtful = new ArrayList<>();
    /** Segments with bytes behind what could be read, and those bytes. */
    private final Map<Segment, ByteBuffer> damage = new HashMap<>();
    /** Segments with an unfinished write at the end, and its bytes. */
    private final Map<Segment, Integer> torn = new HashMap<>();

    private long lastSequence;
    private long lastNumber;
    private int firstEnd;

    Recovery(String name, JournalFiles files, LiveRecords live) {
        this.name = name;
        this.files = files;
        this.live = live;
    }

    void scan() throws IOException {
        List<Long> numbers = files.list().stream()
                .map(Segment::number)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        for (long number : numbers) {
            segments.add(new Segment(number, files.open(Segment.name(number))));
            lastNumber = number;
        }
        firstEnd = firstEnd();
        for (int i = 0; i < segments.size(); i++) {
            scan(i);
        }
    }

    /** Where the segments begin that may have been written last: what follows holds no record. */
    private int firstEnd() throws IOException {
        int index = segments.size() - 1;
        while (index > 0 && segments.get(index).file.size() <= RecordFormat.HEADER) {
            index--;
        }
        return index;
    }

    /** What can't be read must not be taken for torn, and cut. */
    private void requireReadable(Segment segment, int version) {
        if (version != RecordFormat.VERSION) {
            throw new JournalException(
                    "Segment " + segment.name() + " of write-back journal " + name + " has format " + version
                            + "; this release of Hamster reads format " + RecordFormat.VERSION
                            + ". Start the release that wrote it and let it flush, or give this one an empty directory",
                    null);
        }
    }

    private void scan(int index) throws IOException {
        Segment segment = segments.get(index);
        ByteBuffer bytes = read(segment);
        Integer version = RecordFormat.version(bytes);
        if (version != null) {
            requireReadable(segment, version);
            lastSequence = Math.max(lastSequence, RecordFormat.firstSequence(bytes) - 1);
            segment.position = RecordFormat.HEADER;
            readRecords(segment, bytes);
        }
        int end = (int) segment.position;
        boolean isLast = index == segments.size() - 1;
        if (end == bytes.limit() || (isZero(bytes, end) && (isLast || (index >= firstEnd && version != null)))) {
            return;
        }
        if ((isLast || wasWrittenAfterNext(index)) && !wasForcedBehind(bytes, end)) {
            torn.put(segment, bytes.limit() - end);
        } else {
            damage.put(segment, bytes.slice(end, bytes.limit() - end));
            for (Live record : live.all()) {
                record.parked = record.parked == null ? DOUBT : record.parked;
                doubtful.add(record);
            }
        }
    }

    private static ByteBuffer read(Segment segment) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(segment.file.size()));
        segment.file.read(bytes, 0);
        return bytes.flip();
    }

    /** Whether the segment that was to follow could not be made, so that this one was written on. */
    private boolean wasWrittenAfterNext(int index) throws IOException {
        if (index < firstEnd) {
            return false;
        }
        ByteBuffer next = read(segments.get(index + 1));
        return RecordFormat.version(next) == null || RecordFormat.firstSequence(next) <= lastSequence;
    }

    private void readRecords(Segment segment, ByteBuffer bytes) {
        Read read = RecordFormat.read(bytes, (int) segment.position);
        while (read != null) {
            take(segment, read);
            segment.position += read.length();
            read = RecordFormat.read(bytes, (int) segment.position);
        }
    }

    private void take(Segment segment, Read read) {
        switch (read.type()) {
            case GROUP -> {}
            case PUT, DELETE -> {
                long sequence = read.number();
                lastSequence = Math.max(lastSequence, sequence);
                Change change = read.change();
                changes.put(sequence, change);
                live.add(new Live(new Key(change.key()), sequence, segment, segment.position, read.length()));
            }
            case FORGOTTEN -> {
                while (read.payload().hasRemaining()) {
                    live.forget(read.payload().getLong());
                }
            }
            case PARKED, UNPARKED -> {
                Live record = live.find(read.number());
                if (record != null) {
                    record.parked = read.type() == Type.PARKED ? read.reason() : null;
                }
            }
        }
    }

    private static boolean isZero(ByteBuffer bytes, int from) {
        for (int i = from; i < bytes.limit(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a later group says that what can't be read here had been forced. */
    private static boolean wasForcedBehind(ByteBuffer bytes, int end) {
        for (int at = end + 1; at <= bytes.limit() - RecordFormat.GROUP; at++) {
            // Most places are told by one look.
            if (bytes.getInt(at) == RecordFormat.GROUP - 2 * Integer.BYTES) {
                Read read = RecordFormat.read(bytes, at);
                if (read != null && read.type() == Type.GROUP && read.number() > end) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Cuts what was being written when the process died; it was never acknowledged. */
    void cutTails() throws IOException {
        for (Segment segment : List.copyOf(segments.subList(Math.max(firstEnd, 0), segments.size()))) {
            Integer bytes = torn.get(segment);
            if (bytes != null) {
                log.info(
                        "Cut {} bytes of unfinished writes from {} of the write-back journal {}",
                        bytes,
                        segment.name(),
                        name);
            }
            if (!damage.containsKey(segment)) {
                cut(segment);
            }
        }
    }

    private void cut(Segment segment) throws IOException {
        if (segment.position == 0) {
            segment.file.close();
            files.delete(segment.name());
            files.force();
            segments.remove(segment);
        } else {
            segment.file.truncate(segment.position);
            segment.file.force();
            segment.forced = segment.position;
        }
    }

    /** Moves what can't be read out of the way, into files that nobody reads again. */
    void setAside() throws IOException {
        for (Map.Entry<Segment, ByteBuffer> entry : damage.entrySet()) {
            Segment segment = entry.getKey();
            ByteBuffer bytes = entry.getValue();
            String aside = unused(segment.name());
            log.error(
                    "The write-back journal {} is damaged: {} can't be read from byte {} on. {} bytes were kept aside in"
                            + " {}; acknowledged writes may be among them. {} entries from before were parked",
                    name,
                    segment.name(),
                    segment.position,
                    bytes.limit(),
                    aside,
                    doubtful().size());
            try (JournalFile file = files.open(aside)) {
                file.write(bytes.duplicate(), 0);
                file.force();
            }
            files.force();
            cut(segment);
        }
    }

    private String unused(String segment) throws IOException {
        Set<String> used = Set.copyOf(files.list());
        String aside = segment + ".damaged";
        for (int i = 2; used.contains(aside); i++) {
            aside = segment + "." + i + ".damaged";
        }
        return aside;
    }

    long damaged() throws IOException {
        return files.list().stream().filter(file -> file.endsWith(".damaged")).count();
    }

    /** Those that still count and had to be parked. */
    List<Live> doubtful() {
        return doubtful.stream()
                .filter(record -> live.find(record.sequence) == record)
                .distinct()
                .toList();
    }

    List<Segment> segments() {
        return segments;
    }

    long lastSequence() {
        return lastSequence;
    }

    long lastNumber() {
        return lastNumber;
    }

    List<JournalRecord> records() {
        return live.all().stream()
                .sorted(Comparator.comparingLong(record -> record.sequence))
                .map(record -> new JournalRecord(
                        Objects.requireNonNull(changes.get(record.sequence)),
                        record.sequence,
                        Optional.ofNullable(record.parked)))
                .toList();
    }
}
