package io.hamster.spring.cache;

import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Of what type the values of each cache are, as far as methods and beans tell: a shared tier reads them back by it. A
 * cache that isn't shared may hold values of any types. Thread-safe.
 */
final class CacheValueTypes {

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private final Map<String, List<Source>> sources = new HashMap<>();

    /** The types that shared caches were made with. Guarded by {@link #lock}. */
    private final Map<String, Source> inUse = new HashMap<>();

    /**
     * Notes what a method or bean puts into a cache.
     *
     * @param type empty if that can't be told
     * @param where the method or bean, for messages
     * @throws HamsterConfigurationException if the cache is shared and has values of another type
     */
    void add(String cache, Optional<Type> type, String where) {
        Source source = new Source(type, where);
        lock.lock();
        try {
            sources.computeIfAbsent(cache, missing -> new ArrayList<>()).add(source);
            Source used = inUse.get(cache);
            if (used != null && source.contradicts(used)) {
                throw contradiction(cache, used, source);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The type of a shared cache's values; from now on no other is accepted.
     *
     * @throws HamsterConfigurationException if nothing tells it, or two things tell different ones
     */
    Type require(String cache) {
        lock.lock();
        try {
            List<Source> all = sources.getOrDefault(cache, List.of());
            Source first = all.stream()
                    .filter(source -> source.type.isPresent())
                    .findFirst()
                    .orElseThrow(() -> untold(cache, all));
            for (Source source : all) {
                if (source.contradicts(first)) {
                    throw contradiction(cache, first, source);
                }
            }
            inUse.put(cache, first);
            return first.type.orElseThrow();
        } finally {
            lock.unlock();
        }
    }

    private static HamsterConfigurationException contradiction(String cache, Source one, Source other) {
        return new HamsterConfigurationException(
                "Cache '" + cache + "' is shared, so its values are of one type, but " + one.where + " makes it "
                        + one.name() + " and " + other.where + " makes it " + other.name() + ".",
                "Use a cache for each, or name a type that fits both, in application.yml:\n\n" + snippet(cache));
    }

    private static HamsterConfigurationException untold(String cache, List<Source> vague) {
        String hint = vague.isEmpty() ? "nothing tells" : vague.get(0).where + " doesn't tell";
        return new HamsterConfigurationException(
                "Cache '" + cache + "' is shared, but " + hint + " of what type its values are.",
                "Name it, in application.yml:\n\n" + snippet(cache) + "\n\nwith generics where it has some, such as"
                        + " java.util.List<com.acme.Product>.");
    }

    private static String snippet(String cache) {
        String key = cache.matches("[a-z0-9-]+") ? cache : "\"[" + cache + "]\"";
        return "hamster:\n  cache:\n    caches:\n      " + key + ":\n        value-type: com.acme.Product";
    }

    private record Source(Optional<Type> type, String where) {

        /** What can't be told contradicts nothing. By name: two instances of one generic type need not be equal. */
        private boolean contradicts(Source other) {
            return type.isPresent() && !name().equals(other.name());
        }

        private String name() {
            return type.map(Type::getTypeName).orElse("");
        }
    }
}
