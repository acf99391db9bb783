package io.hamster.spring.expression;

import org.jspecify.annotations.Nullable;

/** A bare parameter reference. */
record ArgumentExpression(int index) implements MethodExpression {

    @Override
    public @Nullable Object evaluate(Object target, @Nullable Object[] arguments, @Nullable Object result) {
        return arguments[index];
    }
}
