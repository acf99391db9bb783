package io.hamster.cache.lease;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members are silent: one question without an answer, and none is asked any more until the member says that it is in
 * the view, so that not every load waits for it. Thread-safe.
 */
final class Reach {

    private static final Logger log = LoggerFactory.getLogger(Reach.class);

    private final Set<String> silent = ConcurrentHashMap.newKeySet();

    boolean isSilent(String member) {
        return silent.contains(member);
    }

    /** A member has answered, in the view in which it was asked. */
    void answered(String member) {
        if (!silent.isEmpty() && silent.remove(member)) {
            log.info("Node '{}' answers questions about loads of caches again", member);
        }
    }

    /** A member hasn't answered, or only in another view. */
    void failed(String member) {
        if (silent.add(member)) {
            log.warn(
                    "Node '{}' doesn't answer questions about loads of caches: until it does or has left the cluster, each"
                            + " instance loads the keys that it owns for itself",
                    member);
        }
    }

    /** Forgets those who have left. */
    void retain(Collection<String> members) {
        silent.retainAll(members);
    }
}
