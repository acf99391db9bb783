package io.hamster.lock;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What holders saw of their locks, and whether it could be true: of one key, no two handles were valid at one time, and
 * fences rose from each grant to the next. Thread-safe. Times are nanoseconds of one monotonic clock, which processes on
 * one machine share.
 */
public final class LockHistory {

    private final Collection<Hold> holds = new ConcurrentLinkedQueue<>();

    /**
     * One handle's life as its holder saw it.
     *
     * @param key the lock's key
     * @param owner who held it
     * @param fence its fence
     * @param from a time at which the handle was valid, the first that is known
     * @param to a time at which the handle was valid, the last that is known
     */
    public record Hold(String key, String owner, long fence, long from, long to) {

        /** One line, for files that processes leave behind. */
        public String line() {
            return key + '\t' + owner + '\t' + fence + '\t' + from + '\t' + to;
        }

        public static Hold parse(String line) {
            String[] parts = line.split("\t", -1);
            return new Hold(
                    parts[0], parts[1], Long.parseLong(parts[2]), Long.parseLong(parts[3]), Long.parseLong(parts[4]));
        }
    }

    public void add(Hold hold) {
        holds.add(hold);
    }

    public int size() {
        return holds.size();
    }

    /** What can't be: empty if all is well. */
    public List<String> violations() {
        Map<String, List<Hold>> byKey = new TreeMap<>();
        holds.forEach(hold ->
                byKey.computeIfAbsent(hold.key(), key -> new ArrayList<>()).add(hold));
        List<String> violations = new ArrayList<>();
        byKey.values().forEach(each -> check(each, violations));
        return violations;
    }

    /** Fences that two grants of one key had. Empty even where grants overlap, if the store's fences rise. */
    public List<String> reusedFences() {
        Map<String, Hold> seen = new TreeMap<>();
        List<String> reused = new ArrayList<>();
        for (Hold hold : holds) {
            Hold other = seen.put(hold.key() + '\t' + hold.fence(), hold);
            if (other != null) {
                reused.add("fence reused: " + other + " and " + hold);
            }
        }
        return reused;
    }

    private static void check(List<Hold> ofOneKey, List<String> violations) {
        ofOneKey.sort(Comparator.comparingLong(Hold::from));
        Hold before = null;
        for (Hold hold : ofOneKey) {
            if (before != null) {
                if (hold.from() <= before.to()) {
                    violations.add("overlap: " + before + " and " + hold);
                }
                if (hold.fence() <= before.fence()) {
                    violations.add("fence did not rise: " + before + " and " + hold);
                }
            }
            // A hold that ends before its predecessor does must not hide an overlap with the next.
            before = before == null || hold.to() > before.to() ? hold : before;
        }
    }
}
