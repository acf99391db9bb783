package io.hamster.cache.writeback;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Writes to a log at random, life after life, and compares what each life finds with what was acknowledged. */
final class JournalLives {

    private static final int SEGMENT_BYTES = 900;
    private static final int KEYS = 8;

    private final Random random;
    private final int maxSteps;
    private LossyFiles files;
    private boolean stumbles;
    /** Of each key the latest acknowledged write. */
    private final Map<String, Write> latest = new HashMap<>();

    private final Set<Long> forgotten = new HashSet<>();
    private final Set<Long> parked = new HashSet<>();
    /** What was under way at the end of the last life. */
    private final List<Write> uncertain = new ArrayList<>();

    private final Set<Long> perhapsForgotten = new HashSet<>();

    private long highest;
    private final List<String> faults = new ArrayList<>();

    private record Write(String key, Optional<String> value, long sequence) {}

    JournalLives(long seed, boolean forces, int maxSteps) {
        this.random = new Random(seed);
        this.files = new LossyFiles(random, forces);
        this.maxSteps = maxSteps;
    }

    /** Has steps fail now and then, of which the disk recovers. */
    JournalLives stumbling() {
        this.stumbles = true;
        return this;
    }

    List<String> run(int lives) {
        for (int life = 0; life < lives; life++) {
            files.failAt(step -> stumbles && random.nextInt(12) == 0);
            files.dieAt(1 + random.nextInt(maxSteps));
            SegmentLog log = new SegmentLog("under test", files, () -> 1, SEGMENT_BYTES);
            try {
                live(log, life);
            } catch (IOException e) {
                // As it should be: dead.
            }
            files = files.afterCrash();
        }
        return faults;
    }

    private void live(SegmentLog log, int life) throws IOException {
        compare(log.recover(), life);
        if (log.damaged() != 0) {
            faults.add("life " + life + ": a torn write was taken for damage");
        }
        while (true) {
            Group group = group();
            List<Write> underWay = writes(group, highest + 1);
            uncertain.addAll(underWay);
            perhapsForgotten.addAll(group.forgotten);
            long first;
            try {
                first = log.write(group);
            } catch (IOException e) {
                if (files.isDead()) {
                    throw e;
                }
                continue;
            }
            if (!underWay.isEmpty() && first <= highest) {
                faults.add("life " + life + ": sequence " + first + " comes after " + highest);
            }
            // Nothing either of those that failed before.
            uncertain.clear();
            List<Write> written = writes(group, first);
            written.forEach(write -> latest.put(write.key(), write));
            highest = written.isEmpty() ? highest : first + written.size() - 1;
            forgotten.addAll(group.forgotten);
            perhapsForgotten.clear();
            group.marks.forEach(mark -> parked.add(mark.sequence()));
            if (log.segments() > 12) {
                faults.add("life " + life + ": " + log.segments() + " segments for " + latest.size() + " keys");
            }
        }
    }

    private Group group() {
        Group group = new Group();
        int changes = random.nextInt(4);
        Set<String> used = new HashSet<>();
        for (int i = 0; i < changes; i++) {
            String key = "key-" + random.nextInt(KEYS);
            if (used.add(key)) {
                Optional<byte[]> value = random.nextInt(5) == 0
                        ? Optional.empty()
                        : Optional.of(bytes("value-" + random.nextLong() + "x".repeat(random.nextInt(90))));
                group.changes.add(new Change(bytes(key), value));
            }
        }
        for (Write write : latest.values()) {
            if (!forgotten.contains(write.sequence()) && random.nextInt(5) == 0) {
                group.forgotten.add(write.sequence());
            } else if (!forgotten.contains(write.sequence()) && random.nextInt(20) == 0) {
                group.marks.add(new Group.Mark(RecordFormat.Type.PARKED, write.sequence(), bytes("refused")));
            }
        }
        return group;
    }

    private static List<Write> writes(Group group, long first) {
        List<Write> writes = new ArrayList<>();
        for (Change change : group.changes) {
            writes.add(new Write(text(change.key()), change.value().map(JournalLives::text), first + writes.size()));
        }
        return writes;
    }

    private void compare(List<JournalRecord> records, int life) {
        Map<String, Write> found = new HashMap<>();
        Map<Long, Optional<String>> reasons = new HashMap<>();
        long last = 0;
        for (JournalRecord each : records) {
            Change change = each.change();
            Write write = new Write(text(change.key()), change.value().map(JournalLives::text), each.sequence());
            if (each.sequence() <= last || found.put(write.key(), write) != null) {
                faults.add("life " + life + ": " + write + " is out of order or there twice");
            }
            last = each.sequence();
            reasons.put(last, each.parked());
            if (!write.equals(latest.get(write.key())) && !isUncertain(write)) {
                faults.add("life " + life + ": found " + write + " instead of " + latest.get(write.key()));
            }
        }
        for (Write write : List.copyOf(latest.values())) {
            Write there = found.get(write.key());
            if (there == null && perhapsForgotten.contains(write.sequence())) {
                forgotten.add(write.sequence());
            } else if (there == null && !forgotten.contains(write.sequence())) {
                faults.add("life " + life + ": lost " + write);
            } else if (write.equals(there)
                    && parked.contains(write.sequence())
                    && reasons.get(write.sequence()).isEmpty()) {
                faults.add("life " + life + ": " + write + " isn't parked any more");
            }
        }
        adopt(found);
    }

    /** A write that was under way counts like an acknowledged one from the moment it has been found. */
    private void adopt(Map<String, Write> found) {
        found.values().forEach(write -> {
            latest.put(write.key(), write);
            forgotten.remove(write.sequence());
            highest = Math.max(highest, write.sequence());
        });
        uncertain.clear();
        perhapsForgotten.clear();
    }

    private boolean isUncertain(Write found) {
        Write acknowledged = latest.get(found.key());
        return (acknowledged == null || acknowledged.sequence() < found.sequence())
                && uncertain.stream()
                        .anyMatch(write ->
                                write.key().equals(found.key()) && write.value().equals(found.value()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
