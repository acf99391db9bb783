package io.hamster.benchmarks.cache;

import org.jspecify.annotations.Nullable;

/** One library's cache of products in Redis, with a tier in this JVM or without. */
interface SharedCache extends AutoCloseable {

    void put(String key, Product product);

    /** Gets what is there; {@code null} if nothing is. */
    @Nullable
    Product get(String key);

    @Override
    void close();
}
