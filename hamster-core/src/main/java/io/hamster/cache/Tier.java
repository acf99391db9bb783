package io.hamster.cache;

/** Where a cache keeps its entries. */
public enum Tier {
    /** In this JVM, by itself. */
    LOCAL,
    /** In the shared tier; every read asks it. What {@code maxSize} and {@code maxMemory} bound is in this JVM only. */
    REMOTE,
    /** In the shared tier, and what was read lately in this JVM too. */
    TWO_LEVEL
}
