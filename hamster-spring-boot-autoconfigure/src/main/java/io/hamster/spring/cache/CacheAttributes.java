package io.hamster.spring.cache;

import io.hamster.HamsterException;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.cache.CachePlacements.Placement;
import io.hamster.spring.cache.CachePlacements.Refresh;
import io.hamster.spring.expression.MethodExpression;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the attributes of one annotation on one method. */
final class CacheAttributes {

    private static final Pattern BARE_WORD = Pattern.compile("\\s*[A-Za-z_$][\\w$-]*\\s*");
    private static final Set<String> MEANINGFUL_WORDS =
            Set.of("method", "methodName", "target", "targetClass", "args", "true", "false");

    private final MethodExpressionParser parser;
    private final HamsterCacheProperties properties;
    private final String annotation;
    private final Method method;
    private final Parsing parsing;

    CacheAttributes(
            MethodExpressionParser parser, HamsterCacheProperties properties, String annotation, Method method) {
        this(parser, properties, annotation, method, parser::parse);
    }

    private CacheAttributes(
            MethodExpressionParser parser,
            HamsterCacheProperties properties,
            String annotation,
            Method method,
            Parsing parsing) {
        this.parser = parser;
        this.properties = properties;
        this.annotation = annotation;
        this.method = method;
        this.parsing = parsing;
    }

    /** The same for expressions that are evaluated before the method is called, and so without its result. */
    CacheAttributes beforeCall() {
        return new CacheAttributes(parser, properties, annotation, method, parser::parseBeforeCall);
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

    private @Nullable Duration duration(String attribute, String value) {
        return parser.duration(value, where(attribute));
    }

    /** With which options a value enters a cache: the cache's own property comes before the annotation. */
    EntryRule entry(String cache, String ttl, String nullTtl, String unless, String[] tags) {
        EntryOptions options = EntryOptions.none();
        Duration ownTtl = duration("ttl", ttl);
        if (ownTtl != null) {
            EntryOptions own = checked("ttl", () -> EntryOptions.ttl(ownTtl));
            options = properties.setsTtl(cache) ? options : own;
        }
        Duration ownNullTtl = duration("nullTtl", nullTtl);
        if (ownNullTtl != null) {
            EntryOptions before = options;
            EntryOptions own = checked("nullTtl", () -> before.withNullTtl(ownNullTtl));
            options = properties.setsNullTtl(cache) ? options : own;
        }
        return new EntryRule(options, optional("unless", unless), tags(tags));
    }

    /** Where the cache is to keep its entries: its own properties come before the annotation. */
    Placement placement(String cache, Tier[] tier, String localTtl, LoadScope[] loadScope) {
        Duration ownLocalTtl = duration("localTtl", localTtl);
        if (ownLocalTtl != null) {
            checked("localTtl", () -> CachePolicy.builder().localTtl(ownLocalTtl));
        }
        return new Placement(
                properties.setsTier(cache) ? null : single("tier", tier),
                properties.setsLocalTtl(cache) ? null : ownLocalTtl,
                properties.setsLoadScope(cache) ? null : single("loadScope", loadScope),
                Refresh.OPEN,
                null);
    }

    /**
     * How the cache is to refresh what it keeps: its own properties come before the annotation.
     *
     * @param ttl what the method's values have, which the cache has to know to see that they are refreshed in time
     */
    Placement refreshed(String cache, Placement placement, String ttl, String interval, String stopAfterIdle) {
        Duration ownInterval = duration("interval", interval);
        if (ownInterval == null) {
            throw new HamsterConfigurationException(where("interval") + " is empty.", "Write 30s, 10m or PT10M.");
        }
        checked("interval", () -> CachePolicy.builder().refreshInterval(ownInterval));
        Duration ownIdle = duration("stopAfterIdle", stopAfterIdle);
        if (ownIdle != null) {
            checked("stopAfterIdle", () -> CachePolicy.builder().stopRefreshAfterIdle(ownIdle));
        }
        Placement refreshed = placement.with(new Refresh(
                properties.setsTtl(cache) ? null : duration("ttl", ttl),
                properties.setsRefreshInterval(cache) ? null : ownInterval,
                properties.setsStopRefreshAfterIdle(cache) ? null : ownIdle));
        properties.check(cache, refreshed, annotation + " on " + CacheMethods.name(method));
        return refreshed;
    }

    private <T> @Nullable T single(String attribute, T[] values) {
        if (values.length > 1) {
            throw new HamsterConfigurationException(
                    where(attribute) + " has " + values.length + " values.", "Keep one of them.");
        }
        return values.length == 0 ? null : values[0];
    }

    private <T> T checked(String attribute, Supplier<T> step) {
        try {
            return step.get();
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
        return new CacheExpression(parsing.parse(expression, method, where), where);
    }

    private String where(String attribute) {
        return annotation + "(" + attribute + ") on " + CacheMethods.name(method);
    }

    /** One of the parser's ways. */
    private interface Parsing {

        MethodExpression parse(String expression, Method method, String where);
    }
}
