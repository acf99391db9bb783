package io.hamster.cache;

import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A journal that the instances of this JVM share; each has its own way there, which can be cut. */
final class MemorySharedJournal {

    /** Guarded by this. */
    private final Map<ByteBuffer, JournalRecord> records = new HashMap<>();

    /** Guarded by this. */
    private long sequence;

    /** Guarded by this. */
    private long fence;

    /** Guarded by this. */
    private String owner = "";

    /** As if whoever has the lease had not renewed it in time. */
    synchronized void endLease() {
        owner = "";
    }

    /** As if it had ended and somebody else had been given it. */
    synchronized void takeLease(String taker) {
        owner = taker;
        fence++;
    }

    /** One instance's way to the journal. */
    final class View implements SharedJournal {

        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicInteger lists = new AtomicInteger();
        private volatile boolean isAway;
        private volatile Runnable afterNext = () -> {};
        private volatile @Nullable CompletionStage<Boolean> insteadOfParking;

        void setAway(boolean away) {
            isAway = away;
        }

        /** How many have come here. */
        int requests() {
            return requests.get();
        }

        /** How many of them were to read everything. */
        int lists() {
            return lists.get();
        }

        /** Does something after the journal has done the next request and before that is known here. */
        void afterNext(Runnable action) {
            afterNext = action;
        }

        /** Has the next attempt to park a write come to this. */
        void insteadOfParking(CompletionStage<Boolean> answer) {
            insteadOfParking = answer;
        }

        private <T> CompletionStage<T> asked(Supplier<T> request) {
            requests.incrementAndGet();
            if (isAway) {
                return CompletableFuture.failedFuture(new JournalException("cut off", null));
            }
            T answer;
            synchronized (MemorySharedJournal.this) {
                answer = request.get();
            }
            Runnable action = afterNext;
            afterNext = () -> {};
            action.run();
            return CompletableFuture.completedFuture(answer);
        }

        @Override
        public CompletionStage<Optional<Appended>> append(List<Change> changes, int maxDirty) {
            return asked(() -> {
                long added = changes.stream()
                        .filter(change -> !records.containsKey(key(change)))
                        .count();
                if (added > 0 && records.size() + added > maxDirty) {
                    return Optional.empty();
                }
                long first = sequence + 1;
                changes.forEach(
                        change -> records.put(key(change), new JournalRecord(change, ++sequence, Optional.empty())));
                return Optional.of(new Appended(first, records.size()));
            });
        }

        @Override
        public CompletionStage<Optional<JournalRecord>> find(byte[] key) {
            return asked(() -> Optional.ofNullable(records.get(ByteBuffer.wrap(key))));
        }

        @Override
        public CompletionStage<List<JournalRecord>> list() {
            lists.incrementAndGet();
            return asked(() -> records.values().stream()
                    .sorted(Comparator.comparingLong(JournalRecord::sequence))
                    .toList());
        }

        @Override
        public CompletionStage<Size> size() {
            return asked(() -> new Size(
                    records.size(),
                    records.values().stream()
                            .filter(record -> record.parked().isPresent())
                            .count()));
        }

        @Override
        public CompletionStage<Optional<Long>> lease(String asking, Duration lease) {
            return asked(() -> {
                if (owner.isEmpty()) {
                    owner = asking;
                    fence++;
                }
                return owner.equals(asking) ? Optional.of(fence) : Optional.empty();
            });
        }

        @Override
        public CompletionStage<Void> release(String asking) {
            return asked(() -> {
                owner = owner.equals(asking) ? "" : owner;
                return null;
            });
        }

        @Override
        public CompletionStage<Boolean> written(long under, List<JournalRecord> written) {
            return asked(() -> {
                written.forEach(each -> revise(each.change().key(), each.sequence(), same -> null));
                return under == fence;
            });
        }

        @Override
        public CompletionStage<Boolean> park(long under, JournalRecord refused, String reason) {
            CompletionStage<Boolean> instead = insteadOfParking;
            insteadOfParking = null;
            return instead != null
                    ? instead
                    : asked(() -> revise(
                            refused.change().key(),
                            refused.sequence(),
                            same -> new JournalRecord(same.change(), same.sequence(), Optional.of(reason))));
        }

        @Override
        public CompletionStage<Boolean> redrive(byte[] key, long number) {
            return asked(() -> {
                JournalRecord record = records.get(ByteBuffer.wrap(key));
                return record != null
                        && record.parked().isPresent()
                        && revise(
                                key,
                                number,
                                same -> new JournalRecord(same.change(), same.sequence(), Optional.empty()));
            });
        }

        @Override
        public CompletionStage<Boolean> discard(byte[] key, long number) {
            return asked(() -> revise(key, number, same -> null));
        }

        private boolean revise(byte[] key, long number, UnaryOperator<JournalRecord> revision) {
            ByteBuffer wrapped = ByteBuffer.wrap(key);
            JournalRecord record = records.get(wrapped);
            if (record == null || record.sequence() != number) {
                return false;
            }
            records.compute(wrapped, (same, old) -> revision.apply(record));
            return true;
        }

        private static ByteBuffer key(Change change) {
            return ByteBuffer.wrap(change.key());
        }

        @Override
        public void close() {}
    }
}
