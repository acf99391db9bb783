package io.hamster.sample.shop;

/**
 * A ticket sold.
 *
 * @param id the order's number
 * @param eventId the event's number
 * @param customer who bought it
 */
public record Order(long id, long eventId, String customer) {}
