package io.hamster.cache;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns keys into text. What consists of parts begins with its kind, and each part with its length, so that nothing in a
 * part can be taken for the end of it.
 */
final class KeyTexts<K> {

    private static final Set<Class<?>> PRINTED = Set.of(
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            Boolean.class,
            Character.class,
            UUID.class,
            URI.class);

    private final String cache;
    private final @Nullable Function<? super K, String> own;
    private final Map<Class<?>, List<Method>> accessors = new ConcurrentHashMap<>();

    @SuppressWarnings("unchecked")
    KeyTexts(String cache, CachePolicy policy) {
        this.cache = cache;
        this.own = (Function<? super K, String>) policy.keyText().orElse(null);
    }

    /** For reads, which don't find what breaks the rules. */
    TextKey<K> of(@Nullable K key) {
        if (key == null) {
            throw CacheKeys.isNull();
        }
        if (own != null) {
            return new TextKey<>(own.apply(key), key);
        }
        // Most keys are strings: a test of the one class, beside which the compiler needn't inline the rest.
        return new TextKey<>(key instanceof String text ? text : text(key, key), key);
    }

    /** For whatever may put the key into the cache. */
    TextKey<K> required(@Nullable K key) {
        return required(of(key));
    }

    TextKey<K> required(TextKey<K> key) {
        CacheKeys.requireKeyText(key.text());
        return key;
    }

    private String text(Object part, K whole) {
        if (part instanceof CharSequence || PRINTED.contains(part.getClass()) || isTime(part)) {
            return part.toString();
        }
        if (part instanceof Enum<?> constant) {
            return constant.name();
        }
        if (part instanceof Record) {
            return parts(part.getClass().getSimpleName() + "(", components(part), whole);
        }
        if (part.getClass().isArray()) {
            return parts("[", IntStream.range(0, Array.getLength(part)).mapToObj(i -> Array.get(part, i)), whole);
        }
        if (part instanceof Set<?> set) {
            return "{"
                    + set.stream().map(each -> measured(each, whole)).sorted().reduce("", String::concat);
        }
        if (part instanceof Collection<?> collection) {
            return parts("[", collection.stream(), whole);
        }
        throw new InvalidCacheKeyException("Cache '" + cache + "' has a shared tier, but a key "
                + (part == whole ? "is of " : "contains ") + part.getClass().getName()
                + ", which has no text that is sure to be the same everywhere; use a String as key or set keyText in the"
                + " policy");
    }

    private static boolean isTime(Object part) {
        return (part instanceof TemporalAccessor || part instanceof TemporalAmount || part instanceof ZoneId)
                && !(part instanceof Enum<?>)
                && part.getClass().getName().startsWith("java.time.");
    }

    private String parts(String beginning, Stream<? extends @Nullable Object> parts, K whole) {
        StringBuilder text = new StringBuilder(beginning);
        parts.forEachOrdered(part -> text.append(measured(part, whole)));
        return text.toString();
    }

    private String measured(@Nullable Object part, K whole) {
        if (part == null) {
            return "-";
        }
        String text = text(part, whole);
        return text.length() + ":" + text;
    }

    private Stream<@Nullable Object> components(Object key) {
        return accessors.computeIfAbsent(key.getClass(), this::accessorsOf).stream()
                .map(accessor -> component(accessor, key));
    }

    private List<Method> accessorsOf(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getAccessor)
                .peek(Method::trySetAccessible)
                .toList();
    }

    private @Nullable Object component(Method accessor, Object key) {
        try {
            return accessor.invoke(key);
        } catch (ReflectiveOperationException e) {
            throw new InvalidCacheKeyException("Cache '" + cache + "' can't read " + accessor.getName()
                    + " of a key of " + key.getClass().getName() + " (" + e
                    + "); make the record accessible or set keyText in the policy");
        }
    }
}
