package io.hamster.sample.shop;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The same without the lock, for those who want to see the shop oversell: profile {@code unlocked}. */
@Component
@Profile("unlocked")
class UnlockedOrderDesk implements OrderDesk {

    private final Orders orders;
    private final Sales sales;

    UnlockedOrderDesk(Orders orders, Sales sales) {
        this.orders = orders;
        this.sales = sales;
    }

    @Override
    public Order place(OrderRequest request) {
        Order order = orders.place(request);
        sales.sold();
        return order;
    }
}
