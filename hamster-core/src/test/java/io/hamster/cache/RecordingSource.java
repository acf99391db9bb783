package io.hamster.cache;

import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A source that knows the sequence of each value, can be away and refuse keys. */
final class RecordingSource implements WriteBackWriter<String, String> {

    final Map<String, String> values = new ConcurrentHashMap<>();
    final List<List<WriteBackEntry<String, String>>> batches = new ArrayList<>();
    final Set<String> poison = ConcurrentHashMap.newKeySet();
    final List<WriteBackEntry<String, String>> refusedAsOlder = new CopyOnWriteArrayList<>();
    volatile boolean away;
    volatile Consumer<WriteBackEntry<String, String>> during = entry -> {};
    private final Map<String, Long> sequences = new ConcurrentHashMap<>();

    @Override
    public Map<WriteBackEntry<String, String>, Exception> write(List<WriteBackEntry<String, String>> batch)
            throws Exception {
        if (away) {
            throw new IOException("away");
        }
        if (batch.stream().anyMatch(entry -> poison.contains(entry.key()))) {
            throw new IOException("refused");
        }
        batches.add(batch);
        batch.forEach(this::write);
        return Map.of();
    }

    private void write(WriteBackEntry<String, String> entry) {
        during.accept(entry);
        Long before = sequences.put(entry.key(), entry.sequence());
        if (before != null && before > entry.sequence()) {
            refusedAsOlder.add(entry);
        }
        entry.value().ifPresentOrElse(value -> values.put(entry.key(), value), () -> values.remove(entry.key()));
    }
}
