package io.hamster.cache;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;

/** What is known of the JDK's classes, whose fields the JVM hides. */
final class JdkSizes {

    /** Final, so that an array of them has nothing else. */
    private static final Set<Class<?>> LEAVES = Set.of(
            String.class,
            Integer.class,
            Long.class,
            Short.class,
            Byte.class,
            Character.class,
            Boolean.class,
            Float.class,
            Double.class);

    private static final Set<Class<?>> CONTAINERS = Set.of(
            ArrayList.class,
            LinkedList.class,
            Vector.class,
            Stack.class,
            ArrayDeque.class,
            PriorityQueue.class,
            HashSet.class,
            LinkedHashSet.class,
            TreeSet.class,
            HashMap.class,
            LinkedHashMap.class,
            TreeMap.class,
            EnumMap.class,
            IdentityHashMap.class,
            Hashtable.class,
            ConcurrentHashMap.class,
            ConcurrentLinkedQueue.class,
            ConcurrentLinkedDeque.class,
            ConcurrentSkipListMap.class,
            ConcurrentSkipListSet.class,
            CopyOnWriteArrayList.class,
            CopyOnWriteArraySet.class);

    private static final List<String> CONTAINER_FAMILIES = List.of(
            "java.util.ImmutableCollections$",
            "java.util.Arrays$ArrayList",
            "java.util.Collections$Empty",
            "java.util.Collections$Singleton",
            "java.util.RegularEnumSet",
            "java.util.JumboEnumSet",
            "java.util.concurrent.ConcurrentHashMap$KeySetView");

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

    /** Whether {@link #leaf} knows all values of a type. */
    static boolean isLeaf(Class<?> type) {
        return LEAVES.contains(type)
                || type.isArray() && type.getComponentType().isPrimitive();
    }

    /** Whether a value is a collection or map of the JDK. */
    static boolean isCollection(Object value) {
        return (value instanceof Collection || value instanceof Map)
                && value.getClass().getClassLoader() == null;
    }

    /** Whether such a one holds its elements itself, so that iterating it runs no other code. */
    static boolean isContainer(Object collection) {
        String name = collection.getClass().getName();
        return CONTAINERS.contains(collection.getClass())
                || CONTAINER_FAMILIES.stream().anyMatch(name::startsWith);
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
        boolean latin = layout.compactStrings() && isLatin(text);
        // The value, the hash, the coder and whether the hash is zero.
        return layout.object(layout.reference() + Integer.BYTES + 2)
                + layout.array((long) text.length() * (latin ? 1 : 2), 1);
    }

    private static boolean isLatin(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 255) {
                return false;
            }
        }
        return true;
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
