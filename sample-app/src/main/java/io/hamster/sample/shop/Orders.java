package io.hamster.sample.shop;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Sells a ticket: reads the stock, checks it, writes it back. Correct only if nobody else does the same meanwhile. */
@Service
class Orders {

    private final EventRepository repository;
    private final Catalogue catalogue;

    Orders(EventRepository repository, Catalogue catalogue) {
        this.repository = repository;
        this.catalogue = catalogue;
    }

    @Transactional
    public Order place(OrderRequest request) {
        Event event = repository
                .findEvent(request.eventId())
                .orElseThrow(() -> new EventNotFoundException(request.eventId()));
        if (event.stock() == 0) {
            throw new SoldOutException(event);
        }
        long id = repository.addOrder(event.id(), request.customer());
        repository.setStock(event.id(), event.stock() - 1);
        catalogue.stockChanged(event.id());
        return new Order(id, event.id(), request.customer());
    }
}
