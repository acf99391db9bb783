package io.hamster.cache.lease;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members are silent: one question without an answer, unless others have been answered meanwhile, and none is asked
 * any more until the member says that it is in the view, so that not every load waits for it. Thread-safe.
 */
final class Reach {

    private static final Logger log = LoggerFactory.getLogger(Reach.class);

    private final TimeSource time;
    private final long recent;
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    /** When each has answered last. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    /**
     * Begins with members that aren't silent.
     *
     * @param patience for how long an answer is waited for
     */
    Reach(TimeSource time, Duration patience) {
        this.time = time;
        this.recent = patience.toNanos() / 2;
    }

    boolean isSilent(String member) {
        return silent.contains(member);
    }

    /** A member has answered, in the view in which it was asked. */
    void answered(String member) {
        heard.put(member, time.nanoTime());
        if (!silent.isEmpty() && silent.remove(member)) {
            log.info("Node '{}' answers questions about loads of caches again", member);
        }
    }

    /** A member hasn't answered, or only in another view; whether it is silent. */
    boolean failed(String member) {
        Long last = heard.get(member);
        if (last != null && time.nanoTime() - last < recent) {
            return false;
        }
        if (silent.add(member)) {
            log.warn(
                    "Node '{}' doesn't answer questions about loads of caches: until it does or has left the cluster, each"
                            + " instance loads the keys that it owns for itself",
                    member);
        }
        return true;
    }

    /** Forgets those who have left. */
    void retain(Collection<String> members) {
        silent.retainAll(members);
        heard.keySet().retainAll(members);
    }
}
