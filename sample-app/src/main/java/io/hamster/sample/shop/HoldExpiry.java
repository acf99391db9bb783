package io.hamster.sample.shop;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Gives tickets back whose time is up, though nobody asks for the event. */
@Component
class HoldExpiry {

    private final Holds holds;
    private final HoldDesk desk;

    HoldExpiry(Holds holds, HoldDesk desk) {
        this.holds = holds;
        this.desk = desk;
    }

    @Scheduled(fixedDelayString = "${shop.hold-check:10s}")
    void giveBack() {
        holds.eventsWithEndedHolds().forEach(desk::holds);
    }
}
