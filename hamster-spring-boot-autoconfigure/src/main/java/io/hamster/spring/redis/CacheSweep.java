package io.hamster.spring.redis;

import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Reclaims what a cache keeps of earlier epochs, one primary and one page at a time. Nothing reads that any more, and it
 * expires by itself: a sweep that fails is left at that.
 */
final class CacheSweep {

    private static final int KEYS_A_PAGE = 1000;

    private final Iterator<StatefulRedisConnection<String, String>> primaries;
    private final CacheNames names;
    private final AtomicLongArray epochs;
    private final ScanArgs filter;
    private final CompletableFuture<Void> result = new CompletableFuture<>();

    /**
     * @param primaries connections to each
     * @param epochs the present one of each bucket
     */
    CacheSweep(List<StatefulRedisConnection<String, String>> primaries, CacheNames names, AtomicLongArray epochs) {
        this.primaries = primaries.iterator();
        this.names = names;
        this.epochs = epochs;
        this.filter = ScanArgs.Builder.matches(names.everything()).limit(KEYS_A_PAGE);
    }

    CompletableFuture<Void> start() {
        nextPrimary();
        return result;
    }

    private void nextPrimary() {
        if (primaries.hasNext()) {
            page(primaries.next(), ScanCursor.INITIAL);
        } else {
            result.complete(null);
        }
    }

    private void page(StatefulRedisConnection<String, String> primary, ScanCursor cursor) {
        primary.async()
                .scan(cursor, filter)
                .thenCompose(page -> unlink(primary, page.getKeys()).thenAccept(done -> {
                    if (page.isFinished()) {
                        nextPrimary();
                    } else {
                        page(primary, page);
                    }
                }))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    }
                });
    }

    private CompletableFuture<Void> unlink(StatefulRedisConnection<String, String> primary, List<String> found) {
        Map<Integer, List<String>> byBucket = new HashMap<>();
        for (String name : found) {
            long epoch = names.epochOf(name);
            int bucket = names.bucketOf(name);
            if (epoch >= 0 && epoch < epochs.get(bucket)) {
                byBucket.computeIfAbsent(bucket, same -> new ArrayList<>()).add(name);
            }
        }
        return CompletableFuture.allOf(byBucket.values().stream()
                .map(old -> primary.async().unlink(old.toArray(String[]::new)).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }
}
