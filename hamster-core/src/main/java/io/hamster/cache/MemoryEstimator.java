package io.hamster.cache;

import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Estimates how much heap a value takes with what it refers to. Exact for strings, boxes, arrays of primitives, and
 * arrays of those up to a length; of longer arrays and collections a sample is measured. Fields that the JVM hides are
 * guessed, and no more than a bounded number of objects is looked at. What isn't a value's own counts nothing: classes,
 * enum constants, threads, transient fields. Runs none of the value's own code (save the comparator of a sorted set that
 * is a part of another), so the JDK's views and wrappers of other collections are guessed: those may load their elements
 * from a database.
 */
final class MemoryEstimator {

    private static final int MAX_OBJECTS = 2_000;
    private static final int MAX_DEPTH = 100;
    private static final int SAMPLE = 256;

    /** A short string, or one of the JDK's small values. */
    private static final long HIDDEN_FIELD = 24;

    /** A wrapper of a few dozen elements. */
    private static final long OPAQUE = 1024;

    private final ObjectLayout layout;
    private final JdkSizes jdk;
    private final ClassValue<ObjectShape> shapes;

    MemoryEstimator(ObjectLayout layout) {
        this.layout = layout;
        this.jdk = new JdkSizes(layout);
        this.shapes = new ClassValue<>() {
            @Override
            protected ObjectShape computeValue(Class<?> type) {
                return ObjectShape.of(type, layout);
            }
        };
    }

    long bytes(Object value) {
        long leaf = jdk.leaf(value);
        return leaf >= 0 ? leaf : new Walk().bytes(value, 0);
    }

    private static boolean isShared(Object value) {
        return value instanceof Enum<?>
                || value instanceof Class<?>
                || value instanceof ClassLoader
                || value instanceof Thread
                || value instanceof Reference<?>;
    }

    /** One value's objects, each counted once. */
    private final class Walk {

        private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

        private long bytes(@Nullable Object value, int depth) {
            if (value == null || isShared(value) || isExhausted() || depth > MAX_DEPTH || !seen.add(value)) {
                return 0;
            }
            long leaf = jdk.leaf(value);
            if (leaf >= 0) {
                return leaf;
            }
            if (value instanceof Object[] array) {
                return layout.references(array.length) + elements(array, depth);
            }
            ObjectShape shape = shapes.get(value.getClass());
            if (JdkSizes.isCollection(value)) {
                return JdkSizes.isContainer(value) ? shape.bytes() + contents(value, depth) : OPAQUE;
            }
            if (value instanceof Optional<?> optional) {
                return shape.bytes() + bytes(optional.orElse(null), depth + 1);
            }
            return shape.bytes() + shape.hidden() * HIDDEN_FIELD + fields(value, shape, depth);
        }

        private boolean isExhausted() {
            return seen.size() >= MAX_OBJECTS;
        }

        private long fields(Object value, ObjectShape shape, int depth) {
            long bytes = 0;
            for (Field field : shape.references()) {
                try {
                    bytes += bytes(field.get(value), depth + 1);
                } catch (IllegalAccessException e) {
                    bytes += HIDDEN_FIELD;
                }
            }
            return bytes;
        }

        private long elements(Object[] array, int depth) {
            // Spread over the array: its ends may be unlike its middle.
            int step = Math.max(1, array.length / SAMPLE);
            long bytes = 0;
            int measured = 0;
            for (int i = 0; i < array.length && !isExhausted(); i += step) {
                bytes += bytes(array[i], depth + 1);
                measured++;
            }
            return scaled(bytes, measured, array.length);
        }

        private long contents(Object container, int depth) {
            long bytes = 0;
            int measured = 0;
            int size = 0;
            try {
                Collection<?> elements =
                        container instanceof Map<?, ?> map ? map.entrySet() : (Collection<?>) container;
                size = elements.size();
                Iterator<?> iterator = elements.iterator();
                while (measured < SAMPLE && !isExhausted() && iterator.hasNext()) {
                    bytes += element(iterator.next(), container instanceof Map, depth);
                    measured++;
                }
            } catch (RuntimeException e) {
                // Its owner changes it at this moment, or its comparator fails.
                return bytes + OPAQUE;
            }
            return jdk.inside(container, size) + scaled(bytes, measured, size);
        }

        private long element(Object element, boolean isEntry, int depth) {
            return isEntry && element instanceof Map.Entry<?, ?> entry
                    ? bytes(entry.getKey(), depth + 1) + bytes(entry.getValue(), depth + 1)
                    : bytes(element, depth + 1);
        }

        private static long scaled(long bytes, int measured, int of) {
            return measured == 0 || measured == of ? bytes : (long) ((double) bytes / measured * of);
        }
    }
}
