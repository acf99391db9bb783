package io.hamster.cache;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SortedSet;

/** What is known of the JDK's classes, whose fields the JVM hides. */
final class JdkSizes {

    private final ObjectLayout layout;

    JdkSizes(ObjectLayout layout) {
        this.layout = layout;
    }

    /** The bytes of a value that refers to nothing else that counts; -1 for any other. */
    long leaf(Object value) {
        if (value instanceof String text) {
            return string(text);
        }
        if (value instanceof Integer || value instanceof Float) {
            return layout.object(Integer.BYTES);
        }
        if (value instanceof Long || value instanceof Double) {
            return layout.object(Long.BYTES);
        }
        if (value instanceof Boolean || value instanceof Byte) {
            return layout.object(Byte.BYTES);
        }
        if (value instanceof Short || value instanceof Character) {
            return layout.object(Short.BYTES);
        }
        Class<?> type = value.getClass();
        if (type.isArray()) {
            return type.getComponentType().isPrimitive() ? primitives(value, type) : -1;
        }
        if (type == BigInteger.class) {
            return bigInteger(((BigInteger) value).bitLength());
        }
        if (type == BigDecimal.class) {
            return bigDecimal((BigDecimal) value);
        }
        return -1;
    }

    /** Whether a class is a collection or map whose iteration runs nothing but the JDK's code. */
    static boolean isContainer(Object value) {
        return (value instanceof Collection || value instanceof Map) && isJdk(value.getClass());
    }

    static boolean isJdk(Class<?> type) {
        return type.getClassLoader() == null;
    }

    /** What a container has besides itself and its elements: tables and nodes. */
    long inside(Object container, int size) {
        if (size == 0) {
            return 0;
        }
        String name = container.getClass().getName();
        if (name.endsWith("12") || name.endsWith("Map1") || name.startsWith("java.util.Collections$Singleton")) {
            return 0;
        }
        if (name.endsWith("$SetN")) {
            return layout.references(2L * size);
        }
        if (name.endsWith("$MapN")) {
            return layout.references(4L * size);
        }
        if (container instanceof SortedMap || container instanceof SortedSet) {
            return size * layout.object(5L * layout.reference() + 1);
        }
        if (container instanceof LinkedList) {
            return size * layout.object(3L * layout.reference());
        }
        if (container instanceof List || container instanceof ArrayDeque || container instanceof PriorityQueue) {
            return layout.references(size);
        }
        boolean linked = container instanceof LinkedHashMap || container instanceof LinkedHashSet;
        long node = layout.object(Integer.BYTES + (linked ? 5L : 3L) * layout.reference());
        long map = container instanceof AbstractMap ? 0 : layout.object(4L * layout.reference() + 4 * Integer.BYTES);
        return map + layout.references(tableSize(size)) + size * node;
    }

    private long string(String text) {
        boolean latin = layout.compactStrings() && text.chars().allMatch(c -> c < 256);
        // The value, the hash, the coder and whether the hash is zero.
        return layout.object(layout.reference() + Integer.BYTES + 2)
                + layout.array((long) text.length() * (latin ? 1 : 2), 1);
    }

    private long primitives(Object array, Class<?> type) {
        return layout.array(
                java.lang.reflect.Array.getLength(array), ObjectShape.bytesOf(type.getComponentType(), layout));
    }

    private long bigInteger(int bits) {
        return layout.object(layout.reference() + 5L * Integer.BYTES) + layout.array(bits / 32 + 1, Integer.BYTES);
    }

    private long bigDecimal(BigDecimal value) {
        long object = layout.object(2L * layout.reference() + 2L * Integer.BYTES + Long.BYTES);
        return value.precision() <= 18
                ? object
                : object + bigInteger(value.unscaledValue().bitLength());
    }

    /** Of a hash map that grew to its size. */
    private static long tableSize(int size) {
        return Math.max(16, Integer.highestOneBit(Math.max(1, (int) (size / 0.75))) * 2L);
    }
}
