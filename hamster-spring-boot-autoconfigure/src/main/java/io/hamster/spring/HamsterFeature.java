package io.hamster.spring;

/**
 * One part of the line that Hamster logs at start: what was chosen for a concern, and its scope.
 *
 * @param name the concern, such as {@code locks}
 * @param description what was chosen, such as {@code in memory (this JVM only)}; empty to leave the concern out
 */
public record HamsterFeature(String name, String description) {}
