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
    private static final Script LEASE = Script.named("back-lease");
    private static final Script SETTLE = Script.named("back-settle");
    private static final Script REVISE = Script.named("back-revise");
    private static final int MAX_REASON = 500;

    private final RedisLink link;
    private final BackNames names;

    RedisJournal(RedisLink link, BackNames names) {
        this.link = link;
        this.names = names;
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
        return run(
                READ,
                names.entries(),
                List.of(text(key)),
                reply -> records(reply).stream().findFirst());
    }

    @Override
    public CompletionStage<List<JournalRecord>> list() {
        return run(READ, names.entries(), List.of(), RedisJournal::records);
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

    private <R> CompletionStage<R> run(
            Script script, List<String> keys, List<String> values, Function<List<Object>, R> reader) {
        return link.run(new TextsCall(script, keys, values), reader);
    }

    private static boolean isDone(List<Object> reply) {
        return reply.get(0).equals("1");
    }

    private static List<JournalRecord> records(List<Object> reply) {
        List<?> records = (List<?>) reply.get(0);
        List<?> given = (List<?>) reply.get(1);
        Map<Object, String> reasons = new HashMap<>();
        for (int i = 0; i < given.size(); i += 2) {
            reasons.put(given.get(i), given.get(i + 1).toString());
        }
        List<JournalRecord> list = new ArrayList<>();
        for (int i = 0; i < records.size(); i += 2) {
            list.add(record(
                    records.get(i).toString(),
                    records.get(i + 1).toString(),
                    Optional.ofNullable(reasons.get(records.get(i)))));
        }
        list.sort(Comparator.comparingLong(JournalRecord::sequence));
        return list;
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
}
