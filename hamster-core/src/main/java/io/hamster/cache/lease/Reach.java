package io.hamster.cache.lease;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members answer. One that hasn't several times in a row is left alone but for one question each cool-down, so that
 * not every load waits for it. Thread-safe.
 */
final class Reach {

    /** So many failures in a row mean that a member doesn't answer. */
    static final int FAILURES = 3;

    private static final Logger log = LoggerFactory.getLogger(Reach.class);

    private final ConcurrentHashMap<String, Trouble> troubles = new ConcurrentHashMap<>();
    private final TimeSource time;
    private final long coolDown;

    Reach(TimeSource time, Duration coolDown) {
        this.time = time;
        this.coolDown = coolDown.toNanos();
    }

    /** Failures in a row, and when the member was last tried. */
    private record Trouble(int failures, long triedAt) {}

    /** Whether a member may be asked now; the one whose turn it is finds out for all. */
    boolean allows(String member) {
        Trouble known = troubles.get(member);
        if (known == null || known.failures < FAILURES) {
            return true;
        }
        long now = time.nanoTime();
        return now - known.triedAt >= coolDown && troubles.replace(member, known, new Trouble(known.failures, now));
    }

    void answered(String member) {
        if (!troubles.isEmpty()) {
            Trouble over = troubles.remove(member);
            if (over != null && over.failures >= FAILURES) {
                log.info("Node '{}' answers questions about loads of caches again", member);
            }
        }
    }

    void failed(String member) {
        Trouble now = troubles.merge(
                member,
                new Trouble(1, time.nanoTime()),
                (before, first) -> new Trouble(Math.min(FAILURES + 1, before.failures + 1), first.triedAt));
        if (now.failures == FAILURES) {
            log.warn(
                    "Node '{}' doesn't answer questions about loads of caches: until it does or has left the cluster, each"
                            + " instance loads the keys that it owns for itself",
                    member);
        }
    }

    /** Forgets those who have left. */
    void retain(Collection<String> members) {
        troubles.keySet().retainAll(members);
    }
}
