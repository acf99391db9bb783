package io.hamster.cache;

import io.hamster.CodecException;
import io.hamster.TimeSource;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings dirty entries to the writer, one flush at a time. */
final class Flusher<K, V> {

    private static final Logger log = LoggerFactory.getLogger(Flusher.class);

    final LongAdder flushed = new LongAdder();
    final LongAdder failures = new LongAdder();
    private final ReentrantLock flushing = new ReentrantLock();
    private final String cache;
    private final WriteBackPolicy policy;
    private final WriteBackWriter<K, V> writer;
    private final FlushQueue<K, V> queue;
    private final TimeSource time;
    private final long retryDelay;
    /** The flushes so far, and the last one in which the source took something; under the lock. */
    private long flushes;

    private long lastTaken;
    /** Whether entries may wait for a source that was away. */
    private boolean someWait;

    Flusher(
            String cache,
            WriteBackPolicy policy,
            WriteBackWriter<K, V> writer,
            FlushQueue<K, V> queue,
            TimeSource time) {
        this.cache = cache;
        this.policy = policy;
        this.writer = writer;
        this.queue = queue;
        this.time = time;
        this.retryDelay = Durations.nanos(policy.retryDelay());
    }

    /**
     * What a flush came to.
     *
     * @param failed how many entries the source didn't take
     * @param failure the first one's reason
     * @param toRetry whether some of them are to be tried again soon
     * @param hadTurn whether it was this process that had to flush
     * @param unreadable why it left some out
     */
    record Flush(
            int tried,
            int failed,
            @Nullable Exception failure,
            boolean toRetry,
            boolean hadTurn,
            Optional<CodecException> unreadable) {}

    /** Tries each entry once, but for dead letters and, unless all are asked for, those that wait for a retry. */
    Flush flush(boolean all) {
        flushing.lock();
        try {
            queue.begin();
            flushes++;
            long now = time.nanoTime();
            List<Dirty<K, V>> pending = queue.list(each -> each.parked == null && (all || each.retryAt - now <= 0));
            Map<Dirty<K, V>, Exception> failed = new LinkedHashMap<>();
            for (int from = 0; from < pending.size(); from += policy.batchSize()) {
                write(pending.subList(from, Math.min(pending.size(), from + policy.batchSize())), failed);
            }
            boolean tookSome = lastTaken == flushes;
            boolean toRetry = false;
            for (Map.Entry<Dirty<K, V>, Exception> entry : failed.entrySet()) {
                toRetry |= !giveUp(entry.getKey(), entry.getValue());
            }
            if (tookSome) {
                toRetry |= retryThoseOfAnAwaySource();
            }
            Exception first =
                    failed.isEmpty() ? null : failed.values().iterator().next();
            if (first != null) {
                log.warn(
                        "Cache '{}' could not write {} of {} dirty entries back. The first failure: {}",
                        cache,
                        failed.size(),
                        pending.size(),
                        first.toString());
                log.debug("Cache '{}' could not write back", cache, first);
            }
            return new Flush(pending.size(), failed.size(), first, toRetry, queue.isTurn(), queue.unreadable());
        } finally {
            try {
                queue.end();
            } finally {
                flushing.unlock();
            }
        }
    }

    private void write(List<Dirty<K, V>> batch, Map<Dirty<K, V>, Exception> failed) {
        // What has been written since the flush began comes with the next.
        List<Dirty<K, V>> current = batch.stream().filter(queue::isCurrent).toList();
        if (current.isEmpty() || !queue.mayWrite()) {
            return;
        }
        Map<Dirty<K, V>, Exception> refused = attempt(current);
        if (current.size() > 1 && refused.size() == current.size()) {
            writeAlone(current, failed);
        } else {
            failed.putAll(refused);
        }
        failures.add(current.stream().filter(failed::containsKey).count());
    }

    /** Tries each by itself. What isn't tried hasn't failed: it is left to a later flush. */
    private void writeAlone(List<Dirty<K, V>> batch, Map<Dirty<K, V>, Exception> failed) {
        for (Dirty<K, V> each : batch) {
            // Asked anew: the attempts before took their time, in which it may have been discarded or the turn have
            // ended.
            if (queue.isCurrent(each)) {
                if (!queue.mayWrite()) {
                    return;
                }
                failed.putAll(attempt(List.of(each)));
            }
        }
    }

    /** Has the writer write; what it didn't. */
    private Map<Dirty<K, V>, Exception> attempt(List<Dirty<K, V>> batch) {
        Map<WriteBackEntry<K, V>, Dirty<K, V>> entries = new LinkedHashMap<>();
        batch.forEach(each -> entries.put(each.entry(), each));
        Map<Dirty<K, V>, Exception> refused = new LinkedHashMap<>();
        try {
            writer.write(List.copyOf(entries.keySet())).forEach((entry, failure) -> {
                Dirty<K, V> each = entries.get(entry);
                if (each != null) {
                    refused.put(each, reason(failure));
                }
            });
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            // An error too, such as a class that isn't there: the entries behind this batch mustn't wait for ever.
            Exception failure = reason(e);
            batch.forEach(each -> refused.put(each, failure));
        }
        List<Dirty<K, V>> done = new ArrayList<>();
        for (Dirty<K, V> each : batch) {
            if (!refused.containsKey(each)) {
                done.add(each);
            }
        }
        if (!done.isEmpty()) {
            lastTaken = flushes;
            flushed.add(done.size());
            queue.written(done);
        }
        return refused;
    }

    /** One that has a text, whatever the writer gave: otherwise its entry would never become a dead letter. */
    private Exception reason(@Nullable Throwable given) {
        if (given == null) {
            return new IllegalStateException("The writer of cache '" + cache + "' gave no reason");
        }
        Throwable failure = Failures.telling(given);
        return failure instanceof Exception exception
                ? exception
                : new CacheWriteException("The writer of cache '" + cache + "' failed: " + failure, failure);
    }

    /** Counts a failure; whether it was the last one allowed. */
    private boolean giveUp(Dirty<K, V> each, Exception failure) {
        each.attempts++;
        each.failedIn = each.failedIn == 0 ? flushes : each.failedIn;
        each.retryAt = time.nanoTime() + retryDelay;
        if (each.attempts <= policy.maxRetries()) {
            return false;
        }
        String reason = failure.toString();
        boolean isSourceAway = lastTaken < each.failedIn;
        each.isSourceAway = isSourceAway;
        someWait |= isSourceAway;
        // Those of a source that is away are to be written after a restart.
        queue.park(each, reason, !isSourceAway);
        return true;
    }

    private boolean retryThoseOfAnAwaySource() {
        if (!someWait) {
            return false;
        }
        someWait = false;
        List<Dirty<K, V>> waiting = queue.list(each -> each.parked != null && each.isSourceAway);
        waiting.forEach(this::retry);
        return !waiting.isEmpty();
    }

    /** Has one entry find out whether a source that was away is back. */
    void probe() {
        flushing.lock();
        try {
            if (!someWait) {
                return;
            }
            queue.list(each -> each.parked != null && each.isSourceAway).stream()
                    .findFirst()
                    .ifPresent(this::retry);
        } finally {
            flushing.unlock();
        }
    }

    /** Has an entry tried again, with all its retries; only under the lock. */
    boolean retry(Dirty<K, V> each) {
        each.isSourceAway = false;
        each.attempts = 0;
        each.retryAt = time.nanoTime();
        return queue.unpark(each);
    }

    /** Does something while nothing is flushed. */
    <T> T alone(Supplier<T> work) {
        flushing.lock();
        try {
            return work.get();
        } finally {
            flushing.unlock();
        }
    }

    /** Writes what it can in the time that closing may take, which an interrupt doesn't shorten. */
    void flushAtLast(Executor executor) {
        FutureTask<?> last = new FutureTask<>(() -> flush(true));
        execute(last, executor);
        try {
            Uninterrupted.get(last, policy.closeTimeout());
        } catch (TimeoutException e) {
            log.warn("Cache '{}' did not finish its last flush within {}", cache, policy.closeTimeout());
        } catch (ExecutionException e) {
            log.warn("Cache '{}' could not flush at its end", cache, e.getCause());
        }
    }

    /** No later flush makes up for the last one. What is run twice does nothing the second time. */
    private static void execute(FutureTask<?> last, Executor executor) {
        try {
            executor.execute(last);
        } catch (Throwable full) {
            try {
                Thread own = new Thread(last, "hamster-last-flush");
                own.setDaemon(true);
                own.start();
            } catch (Throwable outOfThreads) {
                last.run();
            }
        }
    }
}
