package io.hamster.cache.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What instances read of their caches and what they changed there, and whether it could be true. A source has rising
 * versions of each key. Three rules: a read sees at least the newest version whose change was acknowledged the bound
 * before the read began; a tighter bound goes for reads in quiet times; and an instance sees what it acknowledged itself
 * at once. Thread-safe. Times are nanoseconds of one monotonic clock, which processes on one machine share.
 *
 * <p>Clearing acknowledges what the source has of each key when the clearing begins.
 */
public final class CacheHistory {

    private static final int NOTHING = -1;

    private final Collection<Read> reads = new ConcurrentLinkedQueue<>();
    private final Collection<Change> changes = new ConcurrentLinkedQueue<>();

    /**
     * Reads by one thread that saw the same version, one after another: the last of them says most.
     *
     * @param instance who read
     * @param key the key
     * @param version what the reads saw
     * @param began when the last of them began
     * @param isQuiet whether nothing had been disturbed for long when it began, nor was until it ended
     * @param count how many they are
     */
    public record Read(String instance, String key, long version, long began, boolean isQuiet, long count) {

        /** One line, for files that processes leave behind. */
        public String line() {
            return String.join(
                    "\t",
                    instance,
                    key,
                    Long.toString(version),
                    Long.toString(began),
                    Boolean.toString(isQuiet),
                    Long.toString(count));
        }

        public static Read parse(String line) {
            String[] parts = line.split("\t", -1);
            return new Read(
                    parts[0],
                    parts[1],
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    Boolean.parseBoolean(parts[4]),
                    Long.parseLong(parts[5]));
        }
    }

    /**
     * A change of the cache that is good for a version of the source and all before it.
     *
     * @param instance who made it
     * @param key the key
     * @param version what the source had before the cache was changed
     * @param at when it was acknowledged
     * @param isConfirmed {@code false} if the shared tier hadn't confirmed it by then: only its own instance knows of it
     */
    public record Change(String instance, String key, long version, long at, boolean isConfirmed) {

        /** One line, for files that processes leave behind. */
        public String line() {
            return String.join(
                    "\t", instance, key, Long.toString(version), Long.toString(at), Boolean.toString(isConfirmed));
        }

        public static Change parse(String line) {
            String[] parts = line.split("\t", -1);
            return new Change(
                    parts[0],
                    parts[1],
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    Boolean.parseBoolean(parts[4]));
        }
    }

    public void add(Read read) {
        reads.add(read);
    }

    public void add(Change change) {
        changes.add(change);
    }

    /** How many reads are checked. */
    public long reads() {
        return reads.stream().mapToLong(Read::count).sum();
    }

    public int changes() {
        return changes.size();
    }

    /**
     * What can't be: empty if all is well.
     *
     * @param bound how late an instance may learn of a change of another one
     * @param quietBound how late in quiet times
     */
    public List<String> violations(Duration bound, Duration quietBound) {
        Map<String, Acknowledged> byAll = new TreeMap<>();
        Map<String, Acknowledged> byItself = new TreeMap<>();
        changes.stream().sorted(Comparator.comparingLong(Change::at)).forEach(change -> {
            acknowledged(byItself, change.instance + '\t' + change.key).add(change);
            if (change.isConfirmed) {
                acknowledged(byAll, change.key).add(change);
            }
        });
        List<String> violations = new ArrayList<>();
        for (Read read : reads) {
            Acknowledged all = acknowledged(byAll, read.key);
            Acknowledged own = acknowledged(byItself, read.instance + '\t' + read.key);
            check(read, own, Duration.ZERO, "its own change", violations);
            check(read, all, bound, "stale", violations);
            if (read.isQuiet) {
                check(read, all, quietBound, "stale in quiet times", violations);
            }
        }
        return violations;
    }

    /** The longest that a version was read after a newer one was acknowledged by another instance or the same one. */
    public Duration worst(boolean inQuietTimes) {
        Map<String, Acknowledged> byAll = new TreeMap<>();
        changes.stream()
                .filter(Change::isConfirmed)
                .sorted(Comparator.comparingLong(Change::at))
                .forEach(change -> acknowledged(byAll, change.key).add(change));
        return Duration.ofNanos(reads.stream()
                .filter(read -> read.isQuiet == inQuietTimes)
                .mapToLong(read -> acknowledged(byAll, read.key).age(read))
                .max()
                .orElse(0));
    }

    private static Acknowledged acknowledged(Map<String, Acknowledged> all, String key) {
        return all.computeIfAbsent(key, same -> new Acknowledged());
    }

    private static void check(
            Read read, Acknowledged acknowledged, Duration bound, String what, List<String> violations) {
        Change due = acknowledged.lastUntil(read.began - bound.toNanos());
        if (due != null && read.version < due.version) {
            long late = Duration.ofNanos(read.began - due.at).toMillis();
            violations.add(what + ": " + late + " ms after " + due + " there was " + read);
        }
    }

    /** Changes of one key in the order of their acknowledgement, those only that raised the version. */
    private static final class Acknowledged {

        private final List<Change> rising = new ArrayList<>();

        private void add(Change change) {
            if (rising.isEmpty() || change.version > rising.get(rising.size() - 1).version) {
                rising.add(change);
            }
        }

        /** The last one before then; {@code null} if there is none. */
        private Change lastUntil(long time) {
            int from = NOTHING;
            int to = rising.size();
            while (to - from > 1) {
                int middle = (from + to) >>> 1;
                if (rising.get(middle).at - time < 0) {
                    from = middle;
                } else {
                    to = middle;
                }
            }
            return from == NOTHING ? null : rising.get(from);
        }

        /** For how long a newer version had been acknowledged. */
        private long age(Read read) {
            int from = NOTHING;
            int to = rising.size();
            while (to - from > 1) {
                int middle = (from + to) >>> 1;
                if (rising.get(middle).version <= read.version) {
                    from = middle;
                } else {
                    to = middle;
                }
            }
            return to == rising.size() ? 0 : Math.max(0, read.began - rising.get(to).at);
        }
    }
}
