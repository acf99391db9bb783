package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import io.hamster.spring.cache.CacheChange.Drop;
import io.hamster.spring.cache.CacheChange.Put;
import io.hamster.spring.cache.CacheChange.PutIfAbsent;
import io.hamster.spring.cache.CacheChange.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What all the changes of a transaction come to. Its puts are refused if anything has happened to their keys since, and
 * what it drops itself would count: so a key that it drops and then puts is only put, which drops it too if need be. What
 * goes through a writer stays as it is; so does what empties a cache or drops tags, of which puts aren't spared.
 */
final class NetChanges {

    private NetChanges() {}

    /** Leaves out what later changes of a transaction make up for. */
    static List<CacheChange> of(List<CacheChange> all) {
        return withoutCovered(withPutsOfDropped(all));
    }

    /** The transaction has seen no value of a key that it dropped: what is put there if absent is put. */
    private static List<CacheChange> withPutsOfDropped(List<CacheChange> all) {
        List<CacheChange> changes = new ArrayList<>();
        Set<Target> dropped = new HashSet<>();
        for (CacheChange change : all) {
            CacheChange own = change;
            if (change instanceof Drop drop) {
                drop.dropped().forEach(key -> dropped.add(new Target(drop.cache(), key)));
            } else if (change instanceof Put put) {
                dropped.remove(put.target());
            } else if (change instanceof PutIfAbsent put && dropped.remove(put.target()) && isPublished(put.cache())) {
                own = put.always();
            }
            changes.add(own);
        }
        return changes;
    }

    private static List<CacheChange> withoutCovered(List<CacheChange> all) {
        List<CacheChange> left = new ArrayList<>();
        Set<Target> put = new HashSet<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            CacheChange change = all.get(i);
            if (!isPublished(change.cache())) {
                left.add(change);
            } else if (change instanceof Put last) {
                if (put.add(last.target())) {
                    left.add(last);
                }
            } else if (change instanceof PutIfAbsent first) {
                if (!put.contains(first.target())) {
                    left.add(first);
                }
            } else if (change instanceof Drop drop) {
                Set<Object> keys = new HashSet<>(drop.dropped());
                keys.removeIf(key -> put.contains(new Target(drop.cache(), key)));
                if (!keys.isEmpty()) {
                    left.add(new Drop(drop.cache(), keys));
                }
            } else {
                left.add(change);
            }
        }
        Collections.reverse(left);
        return left;
    }

    /** Whether what is put came from elsewhere: what goes through a writer is in order by itself. */
    static boolean isPublished(HamsterCache<?, ?> cache) {
        return !CacheChanges.writes(cache);
    }
}
