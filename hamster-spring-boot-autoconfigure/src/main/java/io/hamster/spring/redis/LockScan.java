package io.hamster.spring.redis;

import io.hamster.lock.LockStatus;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Looks through the primaries, one after the other, for locks that are held, until there are enough. Looks at a bounded
 * number of keys, since a Redis that is shared may hold very many others: what lies beyond isn't listed.
 */
final class LockScan {

    private static final int KEYS_A_PAGE = 1000;
    private static final int MOST_PAGES = 1000;
    private static final int DESCRIBED_AT_ONCE = 100;

    private final Iterator<StatefulRedisConnection<String, String>> primaries;
    private final Function<List<String>, CompletableFuture<List<LockStatus>>> describe;
    private final int limit;
    private final ScanArgs filter;
    private final Map<String, LockStatus> found = new LinkedHashMap<>();
    private final CompletableFuture<List<LockStatus>> result = new CompletableFuture<>();
    private int pages;

    /**
     * @param primaries connections to each
     * @param names of the locks
     * @param describe tells of locks of one bucket which are held, by their names in Redis
     * @param limit the most to list
     */
    LockScan(
            Collection<StatefulRedisConnection<String, String>> primaries,
            LockNames names,
            Function<List<String>, CompletableFuture<List<LockStatus>>> describe,
            int limit) {
        this.primaries = primaries.iterator();
        this.describe = describe;
        this.limit = limit;
        this.filter = ScanArgs.Builder.matches(names.everyLock()).limit(KEYS_A_PAGE);
    }

    CompletableFuture<List<LockStatus>> start() {
        nextPrimary();
        return result;
    }

    private void nextPrimary() {
        if (found.size() < limit && pages >= MOST_PAGES) {
            // Not an empty list, which would say that nothing is held.
            result.completeExceptionally(new IllegalStateException("Redis holds more than " + MOST_PAGES * KEYS_A_PAGE
                    + " keys, too many to look through for locks; ask for a lock by its key"));
        } else if (primaries.hasNext() && found.size() < limit) {
            page(primaries.next(), ScanCursor.INITIAL);
        } else {
            result.complete(found.values().stream().limit(limit).toList());
        }
    }

    private void page(StatefulRedisConnection<String, String> primary, ScanCursor cursor) {
        pages++;
        primary.async().scan(cursor, filter).whenComplete((page, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                describe(page.getKeys(), () -> next(primary, page));
            }
        });
    }

    private void next(StatefulRedisConnection<String, String> primary, KeyScanCursor<String> page) {
        if (page.isFinished() || found.size() >= limit || pages >= MOST_PAGES) {
            nextPrimary();
        } else {
            page(primary, page);
        }
    }

    private void describe(List<String> locks, Runnable then) {
        List<CompletableFuture<List<LockStatus>>> answers = new ArrayList<>();
        for (List<String> bucket : byBucket(locks)) {
            for (int from = 0; from < bucket.size(); from += DESCRIBED_AT_ONCE) {
                answers.add(describe.apply(bucket.subList(from, Math.min(bucket.size(), from + DESCRIBED_AT_ONCE))));
            }
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).whenComplete((none, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            // A scan may come across a key twice.
            answers.forEach(answer -> answer.join().forEach(status -> found.put(status.key(), status)));
            then.run();
        });
    }

    private static Collection<List<String>> byBucket(List<String> locks) {
        Map<String, List<String>> buckets = new HashMap<>();
        for (String lock : locks) {
            buckets.computeIfAbsent(lock.substring(0, lock.indexOf('}')), bucket -> new ArrayList<>())
                    .add(lock);
        }
        return buckets.values();
    }
}
