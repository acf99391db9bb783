package io.hamster.cache.writeback;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** Only counts: what is dirty is in the cache's memory anyway. */
final class MemoryJournal implements DirtyJournal {

    private final AtomicLong next;

    MemoryJournal(InstantSource clock) {
        this.next = new AtomicLong(Journals.firstSequence(clock));
    }

    @Override
    public List<JournalRecord> open() {
        return List.of();
    }

    @Override
    public CompletionStage<Long> append(List<Change> changes) {
        return CompletableFuture.completedFuture(next.getAndAdd(changes.size()));
    }

    @Override
    public void forget(List<Long> sequences) {}

    @Override
    public void park(long sequence, String reason) {}

    @Override
    public void unpark(long sequence) {}

    @Override
    public long damaged() {
        return 0;
    }

    @Override
    public void close() {}
}
