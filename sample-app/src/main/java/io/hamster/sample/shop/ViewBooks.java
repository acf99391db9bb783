package io.hamster.sample.shop;

import io.hamster.annotation.ForCache;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackWriter;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The views in the database, which the cache {@code views} brings here in batches. */
@Repository
@ForCache("views")
class ViewBooks implements WriteBackWriter<Views.Tally, Long> {

    private final JdbcTemplate jdbc;

    ViewBooks(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Map<WriteBackEntry<Views.Tally, Long>, Exception> write(List<WriteBackEntry<Views.Tally, Long>> batch) {
        List<Object[]> rows = batch.stream()
                .map(entry -> new Object[] {
                    entry.key().eventId(), entry.key().run(), entry.value().orElse(0L)
                })
                .toList();
        jdbc.batchUpdate("merge into event_view (event_id, run, views) key (event_id, run) values (?, ?, ?)", rows);
        return Map.of();
    }

    long count(long eventId) {
        Long sum = jdbc.queryForObject(
                "select coalesce(sum(views), 0) from event_view where event_id = ?", Long.class, eventId);
        return sum == null ? 0 : sum;
    }
}
