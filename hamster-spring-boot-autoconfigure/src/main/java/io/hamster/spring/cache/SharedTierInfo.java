package io.hamster.spring.cache;

/**
 * How a shared tier presents itself; a bean beside it.
 *
 * @param name its name in health, such as {@code redis}
 * @param scope how far sharing reaches, such as {@code all instances of the group a, b, c}
 */
public record SharedTierInfo(String name, String scope) {}
