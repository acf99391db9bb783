package io.hamster.sample.shop;

import io.hamster.annotation.HamsterLocked;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** One order at a time for each event; orders for different events don't wait for each other. */
@Component
@Profile("!unlocked")
class LockedOrderDesk implements OrderDesk {

    private final Orders orders;
    private final Sales sales;

    LockedOrderDesk(Orders orders, Sales sales) {
        this.orders = orders;
        this.sales = sales;
    }

    @Override
    @HamsterLocked(name = "order", key = "#request.eventId", waitFor = "30s")
    public Order place(OrderRequest request) {
        Order order = orders.place(request);
        sales.sold();
        return order;
    }
}
