package io.hamster.benchmarks.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Leadership;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Looks each millisecond whether this node leads, once it is told to, and remembers from when to when it saw so. */
final class Leaderships {

    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Cluster cluster;
    private final List<Seen> all = new CopyOnWriteArrayList<>();

    Leaderships(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * A leadership. Times are of the monotonic clock, which processes on one machine share.
     *
     * @param from after the first look
     * @param to before the last look
     */
    record Span(long from, long to) {

        /** For how long both led. */
        long overlap(Span other) {
            return Math.max(0, Math.min(to, other.to) - Math.max(from, other.from));
        }
    }

    private static final class Seen {

        private final long from;
        private volatile long to;

        private Seen(long at) {
            from = at;
            to = at;
        }
    }

    void watch() {
        Thread thread = new Thread(this::look, "leader-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        while (true) {
            Optional<Leadership> leadership = cluster.leadership();
            if (leadership.isPresent()) {
                follow(leadership.get());
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    private void follow(Leadership leadership) {
        if (!leadership.isCurrent()) {
            return;
        }
        Seen seen = new Seen(System.nanoTime());
        all.add(seen);
        for (long before = seen.from; leadership.isCurrent(); before = System.nanoTime()) {
            seen.to = before;
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    /** For {@link #parse}. */
    String text() {
        return all.stream().map(seen -> seen.from + ":" + seen.to).collect(Collectors.joining(" "));
    }

    static List<Span> parse(String text) {
        return Arrays.stream(text.split(" "))
                .filter(span -> !span.isEmpty())
                .map(span -> span.split(":"))
                .map(span -> new Span(Long.parseLong(span[0]), Long.parseLong(span[1])))
                .toList();
    }
}
