package io.hamster.sample.shop;

import java.time.Instant;

/**
 * A ticket kept for a customer until it is bought or the time is up.
 *
 * @param id the hold's number
 * @param eventId the event's number
 * @param customer whom it is kept for
 * @param until when it ends
 */
public record Hold(long id, long eventId, String customer, Instant until) {

    boolean hasEnded(Instant now) {
        return !until.isAfter(now);
    }
}
