package io.hamster.spring.cache;

/**
 * What a shared tier is called; a bean beside it.
 *
 * @param name its name in health, such as {@code redis}
 */
public record SharedTierInfo(String name) {}
