package io.hamster.cache;

import io.hamster.cache.CacheListener.Operation;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackStats;
import java.util.List;

/** Has a client's listeners watch what an operator does to a cache's write-back. */
record WatchedWriteBack<K>(WriteBackAdmin<K> admin, ChangeWatch watch) implements WriteBackAdmin<K> {

    @Override
    public WriteBackStats stats() {
        return admin.stats();
    }

    @Override
    public boolean hasJournalFailed() {
        return admin.hasJournalFailed();
    }

    @Override
    public List<DeadLetter<K>> deadLetters() {
        return admin.deadLetters();
    }

    @Override
    public boolean redrive(DeadLetter<K> letter) {
        return watch.call(Operation.REDRIVE, ChangeWatch.only(letter.key()), () -> admin.redrive(letter), done -> done);
    }

    @Override
    public boolean discard(DeadLetter<K> letter) {
        return watch.call(Operation.DISCARD, ChangeWatch.only(letter.key()), () -> admin.discard(letter), done -> done);
    }

    @Override
    public boolean discard(K key) {
        return watch.call(Operation.DISCARD, ChangeWatch.only(key), () -> admin.discard(key), done -> done);
    }

    @Override
    public void clearWritten() {
        watch.run(Operation.CLEAR, List.of(), admin::clearWritten);
    }
}
