package io.hamster.spring.lock;

import io.hamster.lock.InvalidLockKeyException;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what a key expression evaluated to into keys; there is always at least one. */
final class LockKeys {

    private LockKeys() {}

    static List<String> of(@Nullable Object value, String where) {
        List<String> keys = new ArrayList<>(1);
        if (value instanceof Iterable<?> several && !(value instanceof Path)) {
            for (Object one : several) {
                keys.add(single(one, where));
            }
        } else if (value != null && value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                keys.add(single(Array.get(value, i), where));
            }
        } else {
            keys.add(single(value, where));
        }
        if (keys.isEmpty()) {
            throw invalid(where, "an empty collection");
        }
        return keys;
    }

    private static String single(@Nullable Object value, String where) {
        Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (present == null) {
            throw invalid(where, "null");
        }
        if (present instanceof Map || present instanceof Iterable && !(present instanceof Path)) {
            throw invalid(
                    where,
                    "a " + present.getClass().getName()
                            + " as one key, whose text isn't the same for equal objects (it has no order)");
        }
        if (!(present instanceof CharSequence || present instanceof Number) && !hasText(present.getClass())) {
            throw invalid(
                    where,
                    "a " + present.getClass().getName() + ", whose text isn't the same for equal objects (it has no"
                            + " toString of its own)");
        }
        String text = present.toString();
        if (text.isBlank()) {
            throw invalid(where, "empty");
        }
        return text;
    }

    private static boolean hasText(Class<?> type) {
        try {
            return !type.isArray() && type.getMethod("toString").getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static InvalidLockKeyException invalid(String where, String what) {
        return new InvalidLockKeyException(where + " evaluated to " + what
                + ": nothing was locked and the method was not called; give a key that is neither null nor empty");
    }
}
