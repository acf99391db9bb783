package io.hamster.cluster.raft;

import io.hamster.cluster.raft.LockCommand.Renew.Lease;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.Renewal;
import io.hamster.lock.LockToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One batch of renewals: as few entries as may be, none of them too large, and one answer. Thread-safe. */
final class LockRenewals {

    private static final int MAX_BYTES = 256 * 1024;

    private final CompletableFuture<Map<LockToken, Renewal>> result = new CompletableFuture<>();
    private final Map<LockToken, Renewal> answers = new ConcurrentHashMap<>();
    private final AtomicInteger missing;

    private LockRenewals(int parts) {
        missing = new AtomicInteger(parts);
    }

    static CompletableFuture<Map<LockToken, Renewal>> send(LockCalls calls, Collection<Extension> batch) {
        List<List<Lease>> parts;
        try {
            parts = parts(batch);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (parts.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        LockRenewals renewals = new LockRenewals(parts.size());
        for (List<Lease> part : parts) {
            calls.call(
                            () -> new LockCommand.Renew(part),
                            LockReply.Renewed.class,
                            reply -> answers(part, reply.remaining()))
                    .whenComplete(renewals::answered);
        }
        return renewals.result;
    }

    private void answered(Map<LockToken, Renewal> part, Throwable failure) {
        // One that failed leaves its tokens unanswered, which means unknown.
        if (failure == null) {
            answers.putAll(part);
        }
        if (missing.decrementAndGet() > 0) {
            return;
        }
        if (failure == null || !answers.isEmpty()) {
            result.complete(answers);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private static List<List<Lease>> parts(Collection<Extension> batch) {
        List<List<Lease>> parts = new ArrayList<>();
        List<Lease> part = new ArrayList<>();
        int room = MAX_BYTES;
        for (Extension extension : batch) {
            // What its lease leaves of a hold may be nothing.
            long nanos = Math.max(1, extension.lease().toNanos());
            Lease lease = new Lease(extension.key(), extension.token(), nanos);
            room -= lease.size();
            if (room < 0) {
                parts.add(part);
                part = new ArrayList<>();
                room = MAX_BYTES - lease.size();
            }
            part.add(lease);
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    private static Map<LockToken, Renewal> answers(List<Lease> asked, List<Long> remaining) {
        if (asked.size() != remaining.size()) {
            throw new IllegalArgumentException(remaining.size() + " answers to " + asked.size() + " renewals");
        }
        Map<LockToken, Renewal> answers = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            long left = remaining.get(i);
            answers.put(
                    asked.get(i).token(),
                    left > 0 ? new Renewal.Renewed(Duration.ofNanos(left)) : new Renewal.NotYours());
        }
        return answers;
    }
}
