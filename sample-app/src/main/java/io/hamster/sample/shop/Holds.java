package io.hamster.sample.shop;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Tickets on hold. A held ticket has left the stock, and comes back to it unless it is bought in time, so that holds and
 * orders together never oversell. Correct only if nobody else changes the stock meanwhile.
 */
@Service
class Holds {

    private final HoldRepository repository;
    private final Orders orders;
    private final Clock clock;
    private final Duration time;

    Holds(HoldRepository repository, Orders orders, Clock clock, @Value("${shop.hold-time:5m}") Duration time) {
        this.repository = repository;
        this.orders = orders;
        this.clock = clock;
        this.time = time;
    }

    @Transactional
    public Hold add(long eventId, String customer) {
        current(eventId);
        orders.takeTicket(eventId);
        return repository.add(eventId, customer, clock.instant().plus(time));
    }

    @Transactional
    public Order buy(long eventId, long id) {
        Hold hold = current(eventId).stream()
                .filter(known -> known.id() == id)
                .findFirst()
                .orElseThrow(() -> new HoldNotFoundException(id));
        repository.remove(hold);
        return orders.sellHeld(hold);
    }

    /** The holds that go on, once the tickets of those that ended are back. */
    @Transactional
    public List<Hold> current(long eventId) {
        Instant now = clock.instant();
        List<Hold> all = repository.ofEvent(eventId);
        for (Hold hold : all) {
            if (hold.hasEnded(now)) {
                repository.remove(hold);
                orders.returnTicket(eventId);
            }
        }
        return all.stream().filter(hold -> !hold.hasEnded(now)).toList();
    }

    List<Long> eventsWithEndedHolds() {
        return repository.eventsWithHoldsUntil(clock.instant());
    }
}
