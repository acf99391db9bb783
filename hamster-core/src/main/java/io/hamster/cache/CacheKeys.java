package io.hamster.cache;

import io.hamster.Keys;
import org.jspecify.annotations.Nullable;

/**
 * The rules for keys and tags.
 *
 * <p>Checked before a key can enter the cache and when a read finds nothing, not on every read: a key that breaks them
 * is never found. A key that isn't text by itself (a record, a list) is only compared here, never printed, since its
 * {@code toString} may be costly; what turns it into text for a shared tier has to apply the same rules to that text.
 */
final class CacheKeys {

    private static final int MAX_CHARACTERS = 250;

    private CacheKeys() {}

    static <K> K requireKey(@Nullable K key) {
        if (key == null) {
            throw isNull();
        }
        if (key instanceof CharSequence) {
            requireText("Cache key", key.toString());
        }
        return key;
    }

    static String requireKeyText(@Nullable String text) {
        return requireText("The text of a cache key", text);
    }

    static InvalidCacheKeyException isNull() {
        return new InvalidCacheKeyException("Cache key is null; give a key that has equals and hashCode");
    }

    static String requireTag(@Nullable String tag) {
        return requireText("Cache tag", tag);
    }

    static String requireName(@Nullable String name) {
        return requireText("Cache name", name);
    }

    static String shortened(Object key) {
        if (key instanceof TextKey<?> shared) {
            return Keys.shortened(shared.text());
        }
        return key instanceof CharSequence || key instanceof Number
                ? Keys.shortened(key.toString())
                : Keys.shortened(key.getClass().getSimpleName() + "#" + Integer.toHexString(key.hashCode()));
    }

    private static String requireText(String what, @Nullable String text) {
        String checked = Keys.requireCharacters(what, text, MAX_CHARACTERS, InvalidCacheKeyException::new);
        Keys.requireNoControlCharacters(what, checked, InvalidCacheKeyException::new);
        return Keys.requireWholeCharacters(what, checked, InvalidCacheKeyException::new);
    }
}
