package io.hamster.spring;

/**
 * Marks contexts of observations that Hamster measures itself, in meters that exist from the start, have the same tags
 * with and without observations, and don't cost one. The handler that makes meters of observations doesn't get them.
 */
public interface TimedAlready {}
