package io.hamster.sample.shop;

/**
 * What a customer asks for.
 *
 * @param eventId the event's number
 * @param customer who buys
 */
public record OrderRequest(long eventId, String customer) {}
