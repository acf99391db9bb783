package io.hamster.spring.cache;

import io.hamster.spring.expression.MethodExpression;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKeyGenerator;

/** The key when none is given, as in Spring's own caching; {@link MethodKeys} takes out what it is made of. */
final class DefaultKey implements MethodExpression {

    @Override
    public Object evaluate(Object target, @Nullable Object[] arguments, @Nullable Object result) {
        return SimpleKeyGenerator.generateKey(arguments);
    }
}
