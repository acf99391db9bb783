package io.hamster.spring.cache;

import io.hamster.cache.InvalidCacheKeyException;
import io.hamster.spring.expression.MethodExpression;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ObjectUtils;

/**
 * An expression of an annotation and what its value has to be.
 *
 * @param expression the parsed expression
 * @param where the attribute and method, for messages
 */
record CacheExpression(MethodExpression expression, String where) {

    boolean usesResult() {
        return expression.usesResult();
    }

    Object key(CacheCall call, @Nullable Object result) {
        Object key = expression.evaluate(call.target(), call.arguments(), result);
        if (key == null) {
            throw new InvalidCacheKeyException(where + " gave null for a call; a key can't be null");
        }
        return key;
    }

    boolean isTrue(CacheCall call, @Nullable Object result) {
        Object value = expression.evaluate(call.target(), call.arguments(), result);
        if (value instanceof Boolean answer) {
            return answer;
        }
        throw new CacheExpressionException(
                where + " gave " + typeOf(value) + " for a call; it has to give true or false");
    }

    /** The elements of a collection or an array, none of them null. */
    void each(CacheCall call, @Nullable Object result, Consumer<Object> action) {
        Object value = expression.evaluate(call.target(), call.arguments(), result);
        if (value instanceof Iterable<?> many) {
            many.forEach(element -> action.accept(requireElement(element)));
        } else if (value != null && value.getClass().isArray()) {
            for (Object element : ObjectUtils.toObjectArray(value)) {
                action.accept(requireElement(element));
            }
        } else {
            throw new CacheExpressionException(
                    where + " gave " + typeOf(value) + " for a call; it has to give an Iterable or an array");
        }
    }

    /** A tag, or the tags of a collection or an array. */
    void tags(CacheCall call, @Nullable Object result, Collection<String> into) {
        Object value = expression.evaluate(call.target(), call.arguments(), result);
        if (value instanceof Iterable<?> many) {
            many.forEach(tag -> into.add(requireElement(tag).toString()));
        } else if (value != null && value.getClass().isArray()) {
            for (Object tag : ObjectUtils.toObjectArray(value)) {
                into.add(requireElement(tag).toString());
            }
        } else {
            into.add(requireElement(value).toString());
        }
    }

    private Object requireElement(@Nullable Object element) {
        if (element == null) {
            throw new InvalidCacheKeyException(where + " gave null for a call; keys and tags can't be null");
        }
        return element;
    }

    private static String typeOf(@Nullable Object value) {
        return value == null ? "null" : "a " + value.getClass().getName();
    }
}
