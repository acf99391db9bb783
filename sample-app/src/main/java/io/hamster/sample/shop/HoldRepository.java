package io.hamster.sample.shop;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;
import org.springframework.stereotype.Repository;

/** Holds in the database, where they outlive the instance. */
@Repository
class HoldRepository {

    private final JdbcClient jdbc;
    private final SimpleJdbcInsert holds;

    HoldRepository(JdbcClient jdbc, DataSource dataSource) {
        this.jdbc = jdbc;
        this.holds = new SimpleJdbcInsert(dataSource)
                .withTableName("ticket_hold")
                .usingColumns("event_id", "customer", "ends_at")
                .usingGeneratedKeyColumns("id");
    }

    Hold add(long eventId, String customer, Instant until) {
        Map<String, Object> row = Map.of("event_id", eventId, "customer", customer, "ends_at", until.toEpochMilli());
        return new Hold(holds.executeAndReturnKey(row).longValue(), eventId, customer, until);
    }

    List<Hold> ofEvent(long eventId) {
        return jdbc.sql("select id, event_id, customer, ends_at from ticket_hold where event_id = :event order by id")
                .param("event", eventId)
                .query((row, number) -> new Hold(
                        row.getLong("id"),
                        row.getLong("event_id"),
                        row.getString("customer"),
                        Instant.ofEpochMilli(row.getLong("ends_at"))))
                .list();
    }

    List<Long> eventsWithHoldsUntil(Instant now) {
        return jdbc.sql("select distinct event_id from ticket_hold where ends_at <= :now")
                .param("now", now.toEpochMilli())
                .query((row, number) -> row.getLong("event_id"))
                .list();
    }

    void remove(Hold hold) {
        jdbc.sql("delete from ticket_hold where id = :id")
                .param("id", hold.id())
                .update();
    }
}
