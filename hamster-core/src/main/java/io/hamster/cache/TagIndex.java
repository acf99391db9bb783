package io.hamster.cache;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the keys of a tag. Changes of one key are made one at a time, inside the engine's step for it; a tag without
 * keys takes no memory.
 */
final class TagIndex<K> {

    private final ConcurrentHashMap<String, Set<K>> keysByTag = new ConcurrentHashMap<>();

    void add(K key, Set<String> tags) {
        for (String tag : tags) {
            keysByTag.compute(tag, (same, keys) -> {
                Set<K> grown = keys == null ? ConcurrentHashMap.newKeySet() : keys;
                grown.add(key);
                return grown;
            });
        }
    }

    void remove(K key, Set<String> tags, Set<String> except) {
        for (String tag : tags) {
            if (!except.contains(tag)) {
                keysByTag.computeIfPresent(tag, (same, keys) -> {
                    keys.remove(key);
                    return keys.isEmpty() ? null : keys;
                });
            }
        }
    }

    /** Some may have come or gone meanwhile. */
    Set<K> keys(String tag) {
        return keysByTag.getOrDefault(tag, Set.of());
    }

    int size() {
        return keysByTag.values().stream().mapToInt(Set::size).sum();
    }
}
