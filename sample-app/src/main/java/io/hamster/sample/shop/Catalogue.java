package io.hamster.sample.shop;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.Cached;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Service;

/** What visitors look at; {@code shop.event.loads} counts how often the database was asked. */
@Service
public class Catalogue {

    private final EventRepository repository;
    private final Counter loads;

    Catalogue(EventRepository repository, MeterRegistry meters) {
        this.repository = repository;
        this.loads = meters.counter("shop.event.loads");
    }

    /**
     * Finds an event.
     *
     * @param id its number
     * @return the event, as old as the cache allows
     */
    @Cached(name = "events", key = "#id")
    public Event find(long id) {
        loads.increment();
        return repository.findEvent(id).orElseThrow(() -> new EventNotFoundException(id));
    }

    /**
     * Forgets an event, so that the next visitor sees the new stock.
     *
     * @param id its number
     */
    @CacheInvalidate(name = "events", key = "#id")
    public void stockChanged(long id) {
        // The annotation does it.
    }
}
