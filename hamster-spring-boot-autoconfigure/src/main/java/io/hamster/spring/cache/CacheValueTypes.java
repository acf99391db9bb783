package io.hamster.spring.cache;

import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Of what type the values of each cache are, as far as methods and beans tell: a shared tier and a journal read them
 * back by it. Any other cache may hold values of any types. Thread-safe.
 */
final class CacheValueTypes {

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private final Map<String, List<Source>> sources = new HashMap<>();

    /** The types that caches were made with whose values leave the JVM. Guarded by {@link #lock}. */
    private final Map<String, Use> inUse = new HashMap<>();

    /**
     * Notes what a method puts into a cache.
     *
     * @param type empty if that can't be told
     * @param where the method, for messages
     * @throws HamsterConfigurationException if the cache is in use with values of another type
     */
    void add(String cache, Optional<Type> type, String where) {
        add(cache, new Source(type, where, true));
    }

    /** The same of a bean that loads or writes: its definition is known long before the methods that use the cache. */
    void addBean(String cache, Optional<Type> type, String bean) {
        add(cache, new Source(type, "bean '" + bean + "'", false));
    }

    private void add(String cache, Source source) {
        lock.lock();
        try {
            sources.computeIfAbsent(cache, missing -> new ArrayList<>()).add(source);
            Use used = inUse.get(cache);
            if (used != null && source.contradicts(used.source)) {
                throw contradiction(cache, used.why, used.source, source);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The type of the values of a cache that takes them out of the JVM; from now on no other is accepted.
     *
     * @param why what the cache does with them, for messages
     * @throws HamsterConfigurationException if nothing tells it, or two things tell different ones
     */
    Type require(String cache, String why) {
        lock.lock();
        try {
            List<Source> all = sources.getOrDefault(cache, List.of());
            Source first = all.stream()
                    .filter(source -> source.type.isPresent())
                    .findFirst()
                    .orElseThrow(() -> untold(cache, why, all));
            for (Source source : all) {
                if (source.contradicts(first)) {
                    throw contradiction(cache, why, first, source);
                }
            }
            inUse.put(cache, new Use(first, why));
            return first.type.orElseThrow();
        } finally {
            lock.unlock();
        }
    }

    /** The caches of which anything was noted. */
    Set<String> names() {
        lock.lock();
        try {
            return Set.copyOf(sources.keySet());
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #require} has something to go by, contradictory or not. */
    boolean tells(String cache) {
        lock.lock();
        try {
            return sources.getOrDefault(cache, List.of()).stream().anyMatch(source -> source.type.isPresent());
        } finally {
            lock.unlock();
        }
    }

    /** Whether any method that puts something into a cache is known yet. */
    boolean hasMethods(String cache) {
        lock.lock();
        try {
            return sources.getOrDefault(cache, List.of()).stream().anyMatch(Source::isMethod);
        } finally {
            lock.unlock();
        }
    }

    private static HamsterConfigurationException contradiction(String cache, String why, Source one, Source other) {
        return new HamsterConfigurationException(
                "Cache '" + cache + "' " + why + ", so its values are of one type, but " + one.where + " makes it "
                        + one.name() + " and " + other.where + " makes it " + other.name() + ".",
                "Use a cache for each, or name a type that fits both, in application.yml:\n\n" + snippet(cache));
    }

    private static HamsterConfigurationException untold(String cache, String why, List<Source> vague) {
        String hint = vague.isEmpty() ? "nothing tells" : vague.get(0).where + " doesn't tell";
        return new HamsterConfigurationException(
                "Cache '" + cache + "' " + why + ", but " + hint + " of what type its values are.",
                "Name it, in application.yml:\n\n" + snippet(cache) + "\n\nwith generics where it has some, such as"
                        + " java.util.List<com.acme.Product>.");
    }

    private static String snippet(String cache) {
        String key = cache.matches("[a-z0-9-]+") ? cache : "\"[" + cache + "]\"";
        return "hamster:\n  cache:\n    caches:\n      " + key + ":\n        value-type: com.acme.Product";
    }

    private record Use(Source source, String why) {}

    private record Source(Optional<Type> type, String where, boolean isMethod) {

        /** What can't be told contradicts nothing. By name: two instances of one generic type need not be equal. */
        private boolean contradicts(Source other) {
            return type.isPresent() && !name().equals(other.name());
        }

        private String name() {
            return type.map(Type::getTypeName).orElse("");
        }
    }
}
