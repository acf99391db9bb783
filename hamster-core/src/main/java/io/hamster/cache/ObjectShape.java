package io.hamster.cache;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a class's instances.
 *
 * @param bytes the instance alone
 * @param references the fields whose values can be read and belong to the instance
 * @param hidden how many such fields this JVM doesn't let us read
 */
record ObjectShape(long bytes, List<Field> references, int hidden) {

    static ObjectShape of(Class<?> type, ObjectLayout layout) {
        long fieldBytes = 0;
        int hidden = 0;
        List<Field> references = new ArrayList<>();
        for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                fieldBytes += bytesOf(field.getType(), layout);
                // Transient ones point to what surrounds a value (sessions, loaders), not to its parts.
                if (!field.getType().isPrimitive() && !Modifier.isTransient(field.getModifiers())) {
                    if (field.trySetAccessible()) {
                        references.add(field);
                    } else {
                        hidden++;
                    }
                }
            }
        }
        return new ObjectShape(layout.object(fieldBytes), List.copyOf(references), hidden);
    }

    static int bytesOf(Class<?> type, ObjectLayout layout) {
        if (!type.isPrimitive()) {
            return layout.reference();
        }
        if (type == long.class || type == double.class) {
            return Long.BYTES;
        }
        if (type == int.class || type == float.class) {
            return Integer.BYTES;
        }
        return type == short.class || type == char.class ? Short.BYTES : Byte.BYTES;
    }
}
