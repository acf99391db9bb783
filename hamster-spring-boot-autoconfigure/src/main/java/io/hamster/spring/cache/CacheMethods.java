package io.hamster.spring.cache;

import io.hamster.HamsterException;
import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.cache.EntryOptions;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Reads the annotations of methods, each once. Thread-safe. */
final class CacheMethods {

    private static final Pattern BARE_WORD = Pattern.compile("\\s*[A-Za-z_$][\\w$-]*\\s*");
    private static final Set<String> MEANINGFUL_WORDS =
            Set.of("method", "methodName", "target", "targetClass", "args", "true", "false");

    private final MethodExpressionParser parser;
    private final Supplier<HamsterCacheProperties> properties;
    private final Supplier<CacheClient> client;
    private final Map<MethodClassKey, MethodPlan> plans = new ConcurrentHashMap<>();

    /**
     * Creates the reader.
     *
     * @param properties called when a method is read
     * @param client called when a cache is first used
     */
    CacheMethods(
            MethodExpressionParser parser, Supplier<HamsterCacheProperties> properties, Supplier<CacheClient> client) {
        this.parser = parser;
        this.properties = properties;
        this.client = client;
    }

    MethodPlan plan(Method method, Class<?> targetClass) {
        MethodClassKey key = new MethodClassKey(method, targetClass);
        MethodPlan known = plans.get(key);
        return known != null ? known : plans.computeIfAbsent(key, missing -> read(method, targetClass));
    }

    private MethodPlan read(Method method, Class<?> targetClass) {
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        MethodPlan own = read(specific);
        boolean isEmpty = own.cached() == null && !own.changesCaches();
        return isEmpty && !specific.equals(method) ? read(method) : own;
    }

    private MethodPlan read(Method method) {
        Cached cached = AnnotatedElementUtils.findMergedAnnotation(method, Cached.class);
        CacheUpdate update = AnnotatedElementUtils.findMergedAnnotation(method, CacheUpdate.class);
        Set<CacheInvalidate> invalidations = AnnotatedElementUtils.findMergedRepeatableAnnotations(
                method, CacheInvalidate.class, CacheInvalidate.List.class);
        ReturnShape shape = ReturnShape.of(method);
        if (cached != null || update != null) {
            requireValue(cached != null ? "@Cached" : "@CacheUpdate", shape, method);
        } else if (!invalidations.isEmpty() && shape == ReturnShape.UNSUPPORTED) {
            requireValue("@CacheInvalidate", shape, method);
        }
        if (cached != null && update != null) {
            throw new HamsterConfigurationException(
                    name(method) + " has both @Cached, which skips the method when it can, and @CacheUpdate, which"
                            + " never does.",
                    "Keep one of them.");
        }
        List<InvalidateOperation> drops = new ArrayList<>();
        invalidations.forEach(invalidate -> drops.add(read(invalidate, method)));
        return new MethodPlan(
                shape,
                cached == null ? null : read(cached, method),
                update == null ? List.of() : List.of(read(update, method)),
                List.copyOf(drops));
    }

    private CachedOperation read(Cached cached, Method method) {
        Attributes attributes = new Attributes("@Cached", method);
        String name = attributes.name(cached.name());
        EntryOptions options = EntryOptions.none();
        Duration ttl = attributes.duration("ttl", cached.ttl());
        if (ttl != null) {
            EntryOptions own = attributes.checked("ttl", () -> EntryOptions.ttl(ttl));
            options = properties.get().setsTtl(name) ? options : own;
        }
        Duration nullTtl = attributes.duration("nullTtl", cached.nullTtl());
        if (nullTtl != null) {
            EntryOptions before = options;
            EntryOptions own = attributes.checked("nullTtl", () -> before.withNullTtl(nullTtl));
            options = properties.get().setsNullTtl(name) ? options : own;
        }
        return new CachedOperation(
                new NamedCache(name, client),
                attributes.key(cached.key()),
                attributes.optional("condition", cached.condition()),
                new EntryRule(options, attributes.optional("unless", cached.unless()), attributes.tags(cached.tags())));
    }

    private UpdateOperation read(CacheUpdate update, Method method) {
        Attributes attributes = new Attributes("@CacheUpdate", method);
        String name = attributes.name(update.name());
        EntryOptions options = EntryOptions.none();
        Duration ttl = attributes.duration("ttl", update.ttl());
        if (ttl != null) {
            EntryOptions own = attributes.checked("ttl", () -> EntryOptions.ttl(ttl));
            options = properties.get().setsTtl(name) ? options : own;
        }
        return new UpdateOperation(
                new NamedCache(name, client),
                attributes.key(update.key()),
                attributes.optional("condition", update.condition()),
                new EntryRule(options, attributes.optional("unless", update.unless()), attributes.tags(update.tags())));
    }

    private InvalidateOperation read(CacheInvalidate invalidate, Method method) {
        Attributes attributes = new Attributes("@CacheInvalidate", method);
        String name = attributes.name(invalidate.name());
        CacheExpression keys = attributes.optional("keys", invalidate.keys());
        List<CacheExpression> tags = attributes.tags(invalidate.tags());
        int ways = (invalidate.key().isEmpty() ? 0 : 1)
                + (keys == null ? 0 : 1)
                + (tags.isEmpty() ? 0 : 1)
                + (invalidate.all() ? 1 : 0);
        if (ways > 1) {
            throw new HamsterConfigurationException(
                    "@CacheInvalidate on " + name(method) + " sets more than one of key, keys, tags and all.",
                    "Keep one, or repeat the annotation.");
        }
        boolean byKey = keys == null && tags.isEmpty() && !invalidate.all();
        return new InvalidateOperation(
                new NamedCache(name, client),
                byKey ? attributes.key(invalidate.key()) : null,
                keys,
                tags,
                attributes.optional("condition", invalidate.condition()),
                invalidate.beforeInvocation());
    }

    private static void requireValue(String annotation, ReturnShape shape, Method method) {
        if (shape == ReturnShape.NOTHING || shape == ReturnShape.CONSUMABLE || shape == ReturnShape.UNSUPPORTED) {
            throw new HamsterConfigurationException(
                    annotation + " on " + name(method) + ", which returns "
                            + method.getReturnType().getSimpleName() + ", can't work.",
                    "Return a value, an Optional, a CompletableFuture or a Mono; collect a stream or Flux first.");
        }
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    /** Reads the attributes of one annotation on one method. */
    private final class Attributes {

        private final String annotation;
        private final Method method;

        Attributes(String annotation, Method method) {
            this.annotation = annotation;
            this.method = method;
        }

        String name(String value) {
            String where = where("name");
            String name = parser.resolve(value, where);
            if (name.isBlank()) {
                throw new HamsterConfigurationException(where + " is empty.", "Name the cache.");
            }
            return name;
        }

        CacheExpression key(String expression) {
            return expression.isEmpty()
                    ? new CacheExpression(new DefaultKey(), where("key"))
                    : expression("key", expression);
        }

        @Nullable
        CacheExpression optional(String attribute, String expression) {
            return expression.isEmpty() ? null : expression(attribute, expression);
        }

        List<CacheExpression> tags(String[] expressions) {
            return Arrays.stream(expressions)
                    .map(expression -> expression("tags", expression))
                    .toList();
        }

        @Nullable
        Duration duration(String attribute, String value) {
            String where = where(attribute);
            String text = parser.resolve(value, where).strip();
            if (text.isEmpty()) {
                return null;
            }
            try {
                return DurationStyle.detectAndParse(text);
            } catch (IllegalArgumentException e) {
                throw new HamsterConfigurationException(
                        where + " is '" + text + "', which is no duration.", "Write 500ms, 30s, 10m or PT10M.", e);
            }
        }

        EntryOptions checked(String attribute, Supplier<EntryOptions> options) {
            try {
                return options.get();
            } catch (HamsterException e) {
                throw new HamsterConfigurationException(
                        where(attribute) + ": " + e.getMessage() + ".", "Correct the duration.", e);
            }
        }

        private CacheExpression expression(String attribute, String expression) {
            String where = where(attribute);
            // SpEL reads a bare word as a property of #root, which fails only when the method is called.
            if (BARE_WORD.matcher(expression).matches() && !MEANINGFUL_WORDS.contains(expression.strip())) {
                throw new HamsterConfigurationException(
                        where + " is '" + expression + "', which names nothing.",
                        "Write #" + expression.strip() + " for a parameter, '" + expression.strip() + "' in single"
                                + " quotes for text.");
            }
            return new CacheExpression(parser.parse(expression, method, where), where);
        }

        private String where(String attribute) {
            return annotation + "(" + attribute + ") on " + CacheMethods.name(method);
        }
    }
}
