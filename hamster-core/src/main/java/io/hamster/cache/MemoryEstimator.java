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
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Estimates how much heap a value takes with what it refers to. Exact for strings, boxes, arrays of primitives, and
 * arrays of those; of other long arrays and of long collections a sample is measured. Fields that the JVM hides are
 * guessed, and no more than a bounded number of objects is walked through: fields that come later count without what
 * they refer to, elements as those before them. What isn't a value's own counts nothing: classes, enum constants,
 * threads, transient fields. Runs none of the value's own code (save the comparator of a sorted set that is a part of
 * another), so the JDK's views and wrappers of other collections are guessed: those may load their elements from a
 * database.
 */
final class MemoryEstimator {

    /** No more elements are looked at after that many objects. */
    private static final int MAX_OBJECTS = 2_000;

    /** Nor fields after that many. */
    private static final int MAX_WALKED = 2 * MAX_OBJECTS;

    /** Of so many it is known whether they were counted already. */
    private static final int MAX_SEEN = 2 * MAX_WALKED;

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
        /** But for the leaves of arrays, which cost little. */
        private int lookedAt;

        private long bytes(@Nullable Object value, int depth) {
            if (value == null || isShared(value) || !seen.add(value)) {
                return 0;
            }
            lookedAt++;
            long leaf = jdk.leaf(value);
            if (leaf >= 0) {
                return leaf;
            }
            if (depth > MAX_DEPTH) {
                return 0;
            }
            if (value instanceof Object[] array) {
                boolean hasLeaves = JdkSizes.isLeaf(array.getClass().getComponentType());
                return layout.references(array.length) + (hasLeaves ? leaves(array) : elements(array, depth));
            }
            ObjectShape shape = shapes.get(value.getClass());
            if (lookedAt >= MAX_WALKED) {
                return shape.bytes();
            }
            if (JdkSizes.isCollection(value)) {
                return JdkSizes.isContainer(value) ? shape.bytes() + contents(value, depth) : OPAQUE;
            }
            if (value instanceof Optional<?> optional) {
                return shape.bytes() + bytes(optional.orElse(null), depth + 1);
            }
            return shape.bytes() + shape.hidden() * HIDDEN_FIELD + fields(value, shape, depth);
        }

        private boolean isExhausted() {
            return lookedAt >= MAX_OBJECTS;
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

        /** All of them; of very many, one that is there twice may count twice. */
        private long leaves(Object[] array) {
            long bytes = 0;
            for (Object leaf : array) {
                if (leaf != null && (seen.size() >= MAX_SEEN || seen.add(leaf))) {
                    bytes += jdk.leaf(leaf);
                }
            }
            return bytes;
        }

        private long elements(Object[] array, int depth) {
            // Spread over the array, as its ends may be unlike its middle; unevenly, as every second may be unlike the
            // others.
            int step = Math.max(1, array.length / SAMPLE);
            SplittableRandom random = new SplittableRandom(array.length);
            long bytes = 0;
            int measured = 0;
            for (int i = 0; i < array.length && !isExhausted(); i += step) {
                bytes += bytes(array[Math.min(array.length - 1, i + random.nextInt(step))], depth + 1);
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
