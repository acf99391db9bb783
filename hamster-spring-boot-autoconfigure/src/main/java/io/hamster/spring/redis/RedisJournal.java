package io.hamster.spring.redis;

import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The dirty entries of one cache, in Redis: a hash of records by key, each the key's latest write with its sequence, and
 * a hash of reasons by key for those that are dead letters. A script compares sequences before it takes anything away,
 * and who flushes does so under the newest fence.
 */
final class RedisJournal implements SharedJournal {

    private static final Script APPEND = Script.named("back-append");
    private static final Script READ = Script.named("back-read");
    private static final Script SIZE = Script.named("back-size");
    private static final Script LEASE = Script.named("back-lease");
    private static final Script SETTLE = Script.named("back-settle");
    private static final Script REVISE = Script.named("back-revise");
    private static final int MAX_REASON = 500;

    private static final int PAGE = 1000;

    private final RedisLink link;
    private final BackNames names;
    private final int pageSize;

    RedisJournal(RedisLink link, BackNames names) {
        this(link, names, PAGE);
    }

    /**
     * Makes the journal.
     *
     * @param pageSize the most records that are read at once
     */
    RedisJournal(RedisLink link, BackNames names, int pageSize) {
        this.link = link;
        this.names = names;
        this.pageSize = pageSize;
    }

    @Override
    public CompletionStage<Optional<Appended>> append(List<Change> changes, int maxDirty) {
        List<String> values = new ArrayList<>();
        values.add(Integer.toString(maxDirty));
        for (Change change : changes) {
            values.add(text(change.key()));
            values.add(change.value().map(value -> "p" + text(value)).orElse("d"));
        }
        return run(
                APPEND,
                List.of(names.records(), names.reasons(), names.lastSequence()),
                values,
                reply -> reply.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Appended(number(reply.get(0)), number(reply.get(1)))));
    }

    @Override
    public CompletionStage<Optional<JournalRecord>> find(byte[] key) {
        return read(List.of(text(key)), page -> page.records.stream().findFirst());
    }

    /** In pages, lest Redis keep others waiting for a long one; by keys that it names at once, so that none is missed. */
    @Override
    public CompletionStage<List<JournalRecord>> list() {
        CompletableFuture<List<JournalRecord>> all = new CompletableFuture<>();
        list(new ArrayList<>(), List.of(), all);
        return all;
    }

    private void list(List<JournalRecord> records, List<String> keys, CompletableFuture<List<JournalRecord>> all) {
        int size = Math.min(pageSize, keys.size());
        CompletableFuture<Page> asked = read(keys.subList(0, size), page -> page);
        all.whenComplete((done, failure) -> asked.cancel(false));
        asked.whenComplete((page, failure) -> {
            try {
                if (failure != null) {
                    all.completeExceptionally(failure);
                    return;
                }
                records.addAll(page.records);
                List<String> left = keys.isEmpty() ? page.left : keys.subList(size, keys.size());
                if (left.isEmpty()) {
                    records.sort(Comparator.comparingLong(JournalRecord::sequence));
                    all.complete(records);
                } else if (!all.isDone()) {
                    list(records, left, all);
                }
            } catch (Throwable e) {
                // Out of memory, say: who waits is to know that, not to find that it takes too long.
                all.completeExceptionally(e);
            }
        });
    }

    /** Reads records of keys, or the first of all. */
    private <R> CompletableFuture<R> read(List<String> keys, Function<Page, R> reader) {
        List<String> values = new ArrayList<>();
        values.add(Integer.toString(pageSize));
        values.addAll(keys);
        return run(READ, names.entries(), values, reply -> reader.apply(Page.of(reply)));
    }

    @Override
    public CompletionStage<Size> size() {
        return run(SIZE, names.entries(), List.of(), reply -> new Size(number(reply.get(0)), number(reply.get(1))));
    }

    @Override
    public CompletionStage<Optional<Long>> lease(String owner, Duration lease) {
        return run(
                LEASE,
                List.of(names.lease(), names.fence()),
                List.of(owner, Long.toString(lease.toMillis())),
                reply -> reply.stream().findFirst().map(RedisJournal::number));
    }

    @Override
    public CompletionStage<Void> release(String owner) {
        return this.<Optional<Void>>run(
                        LEASE, List.of(names.lease(), names.fence()), List.of(owner, "0"), reply -> Optional.empty())
                .thenAccept(none -> {});
    }

    @Override
    public CompletionStage<Boolean> written(long fence, List<JournalRecord> written) {
        return settle(fence, "w", written);
    }

    @Override
    public CompletionStage<Boolean> park(long fence, JournalRecord refused, String reason) {
        return settle(fence, "p" + reason.substring(0, Math.min(MAX_REASON, reason.length())), List.of(refused));
    }

    private CompletionStage<Boolean> settle(long fence, String what, List<JournalRecord> entries) {
        List<String> values = new ArrayList<>();
        values.add(Long.toString(fence));
        values.add(what);
        for (JournalRecord entry : entries) {
            values.add(text(entry.change().key()));
            values.add(Long.toString(entry.sequence()));
        }
        return run(SETTLE, List.of(names.records(), names.reasons(), names.fence()), values, RedisJournal::isDone);
    }

    @Override
    public CompletionStage<Boolean> redrive(byte[] key, long sequence) {
        return run(
                REVISE, names.entries(), List.of(text(key), Long.toString(sequence), "redrive"), RedisJournal::isDone);
    }

    @Override
    public CompletionStage<Boolean> discard(byte[] key, long sequence) {
        return run(
                REVISE, names.entries(), List.of(text(key), Long.toString(sequence), "discard"), RedisJournal::isDone);
    }

    private <R> CompletableFuture<R> run(
            Script script, List<String> keys, List<String> values, Function<List<Object>, R> reader) {
        return link.run(new TextsCall(script, keys, values), reader);
    }

    private static boolean isDone(List<Object> reply) {
        return reply.get(0).equals("1");
    }

    private static JournalRecord record(String key, String record, Optional<String> reason) {
        int space = record.indexOf(' ');
        Optional<byte[]> value = record.charAt(space + 1) == 'p'
                ? Optional.of(Base64.getDecoder().decode(record.substring(space + 2)))
                : Optional.empty();
        return new JournalRecord(
                new Change(Base64.getDecoder().decode(key), value), number(record.substring(0, space)), reason);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static long number(Object text) {
        return Long.parseLong(text.toString());
    }

    /** The link is others', too. */
    @Override
    public void close() {}

    /**
     * Some records.
     *
     * @param records in no order
     * @param left the keys of those that are left to be read
     */
    private record Page(List<JournalRecord> records, List<String> left) {

        static Page of(List<Object> reply) {
            List<?> given = (List<?>) reply.get(1);
            Map<Object, String> reasons = new HashMap<>();
            for (int i = 0; i < given.size(); i += 2) {
                reasons.put(given.get(i), given.get(i + 1).toString());
            }
            List<?> entries = (List<?>) reply.get(0);
            List<JournalRecord> records = new ArrayList<>();
            for (int i = 0; i < entries.size(); i += 2) {
                records.add(record(
                        entries.get(i).toString(),
                        entries.get(i + 1).toString(),
                        Optional.ofNullable(reasons.get(entries.get(i)))));
            }
            return new Page(
                    records,
                    ((List<?>) reply.get(2)).stream().map(Object::toString).toList());
        }
    }
}
