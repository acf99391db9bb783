package io.hamster.sample.shop;

/**
 * Something to buy tickets for.
 *
 * @param id its number
 * @param title what it is called
 * @param stock tickets left
 */
public record Event(long id, String title, int stock) {}
