package io.hamster.cache;

import org.jspecify.annotations.Nullable;

/**
 * A key of a shared cache: whoever changes it elsewhere says only its text, so that alone makes it equal.
 *
 * @param key {@code null} if only the text is known
 */
record TextKey<K>(String text, @Nullable K key) {

    static <K> TextKey<K> ofText(String text) {
        return new TextKey<>(text, null);
    }

    K known() {
        if (key == null) {
            throw new IllegalStateException("Only the text of " + CacheKeys.shortened(this) + " is known");
        }
        return key;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TextKey<?> that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return CacheKeys.shortened(this);
    }
}
