package io.hamster.sample.shop;

/** Where orders are placed. */
interface OrderDesk {

    /**
     * Places an order.
     *
     * @param request what is asked for
     * @return the ticket
     * @throws SoldOutException if there is none left
     */
    Order place(OrderRequest request);
}
