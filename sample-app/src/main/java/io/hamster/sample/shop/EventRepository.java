package io.hamster.sample.shop;

import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;
import org.springframework.stereotype.Repository;

/** Events and orders in the database. */
@Repository
class EventRepository {

    private final JdbcClient jdbc;
    private final SimpleJdbcInsert events;
    private final SimpleJdbcInsert orders;

    EventRepository(JdbcClient jdbc, javax.sql.DataSource dataSource) {
        this.jdbc = jdbc;
        this.events = new SimpleJdbcInsert(dataSource)
                .withTableName("event")
                .usingColumns("title", "stock")
                .usingGeneratedKeyColumns("id");
        this.orders = new SimpleJdbcInsert(dataSource)
                .withTableName("ticket_order")
                .usingColumns("event_id", "customer")
                .usingGeneratedKeyColumns("id");
    }

    long addEvent(String title, int stock) {
        return events.executeAndReturnKey(Map.of("title", title, "stock", stock))
                .longValue();
    }

    Optional<Event> findEvent(long id) {
        return jdbc.sql("select id, title, stock from event where id = :id")
                .param("id", id)
                .query(Event.class)
                .optional();
    }

    void setStock(long id, int stock) {
        jdbc.sql("update event set stock = :stock where id = :id")
                .param("stock", stock)
                .param("id", id)
                .update();
    }

    long addOrder(long eventId, String customer) {
        return orders.executeAndReturnKey(Map.of("event_id", eventId, "customer", customer))
                .longValue();
    }

    int countOrders(long eventId) {
        return jdbc.sql("select count(*) from ticket_order where event_id = :id")
                .param("id", eventId)
                .query(Integer.class)
                .single();
    }

    int countOrders() {
        return jdbc.sql("select count(*) from ticket_order")
                .query(Integer.class)
                .single();
    }
}
