package io.hamster.spring.lock;

/**
 * How the lock store presents itself; a bean beside each {@code LockStore} bean that isn't Hamster's own.
 *
 * @param name its short name, for the tags of meters: {@code memory}
 * @param description where locks are kept: {@code in memory}
 * @param scope how far exclusion reaches: {@code this JVM only}
 */
public record LockStoreInfo(String name, String description, String scope) {}
