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
        takeTicket(request.eventId());
        return book(request.eventId(), request.customer());
    }

    /** Sells a ticket that {@link #takeTicket} took. */
    @Transactional
    public Order sellHeld(Hold hold) {
        return book(hold.eventId(), hold.customer());
    }

    @Transactional
    public void takeTicket(long eventId) {
        Event event = find(eventId);
        if (event.stock() == 0) {
            throw new SoldOutException(event);
        }
        setStock(event, event.stock() - 1);
    }

    @Transactional
    public void returnTicket(long eventId) {
        Event event = find(eventId);
        setStock(event, event.stock() + 1);
    }

    private Order book(long eventId, String customer) {
        return new Order(repository.addOrder(eventId, customer), eventId, customer);
    }

    private Event find(long eventId) {
        return repository.findEvent(eventId).orElseThrow(() -> new EventNotFoundException(eventId));
    }

    private void setStock(Event event, int stock) {
        repository.setStock(event.id(), stock);
        catalogue.stockChanged(event.id());
    }
}
