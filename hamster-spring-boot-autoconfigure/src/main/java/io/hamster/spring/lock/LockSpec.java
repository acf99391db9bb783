package io.hamster.spring.lock;

import io.hamster.annotation.HamsterLocked.OnFailure;
import io.hamster.spring.expression.MethodExpression;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One annotation, read and checked.
 *
 * @param where the annotation and its method, for messages
 * @param name first part of the lock's key, perhaps empty
 * @param key evaluates to the rest, or null if the name is all
 * @param attributes what to ask for
 * @param onFailure what to do if another owner keeps the lock
 * @param fallback what to call in that case, or null
 */
record LockSpec(
        String where,
        String name,
        @Nullable MethodExpression key,
        LockAttributes attributes,
        OnFailure onFailure,
        @Nullable Method fallback) {

    /** The keys of the locks that one call needs; at least one. */
    List<String> keys(Object target, @Nullable Object[] arguments) {
        if (key == null) {
            return List.of(name);
        }
        List<String> keys = new ArrayList<>(1);
        for (String rest : LockKeys.of(key.evaluate(target, arguments), where)) {
            keys.add(name.isEmpty() ? rest : name + ":" + rest);
        }
        return keys;
    }
}
