package io.hamster.sample.shop;

import io.hamster.annotation.HamsterLocked;
import java.util.List;
import org.springframework.stereotype.Component;

/** Where tickets are held: under the same lock as orders, as both change the stock. */
@Component
class HoldDesk {

    private final Holds holds;
    private final Sales sales;

    HoldDesk(Holds holds, Sales sales) {
        this.holds = holds;
        this.sales = sales;
    }

    @HamsterLocked(name = "order", key = "#eventId", waitFor = "30s")
    public Hold hold(long eventId, String customer) {
        return holds.add(eventId, customer);
    }

    @HamsterLocked(name = "order", key = "#eventId", waitFor = "30s")
    public Order buy(long eventId, long id) {
        Order order = holds.buy(eventId, id);
        sales.sold();
        return order;
    }

    @HamsterLocked(name = "order", key = "#eventId", waitFor = "30s")
    public List<Hold> holds(long eventId) {
        return holds.current(eventId);
    }
}
