package io.hamster.spring.expression;

import org.jspecify.annotations.Nullable;

/** An expression of an annotation, parsed for one method. Thread-safe. */
public interface MethodExpression {

    /**
     * Evaluates the expression for one call.
     *
     * @param target the object that the method is called on
     * @param arguments the call's arguments
     * @param result what {@code #result} stands for, or {@code null} if there is none yet
     * @return the value, perhaps {@code null}
     * @throws org.springframework.expression.EvaluationException if it can't be evaluated
     */
    @Nullable
    Object evaluate(Object target, @Nullable Object[] arguments, @Nullable Object result);

    /**
     * Whether it names {@code #result}, and so can't be evaluated before the call.
     *
     * @return {@code false} unless it does
     */
    default boolean usesResult() {
        return false;
    }

    /**
     * Evaluates the expression before the call.
     *
     * @param target the object that the method is called on
     * @param arguments the call's arguments
     * @return the value, perhaps {@code null}
     */
    default @Nullable Object evaluate(Object target, @Nullable Object[] arguments) {
        return evaluate(target, arguments, null);
    }
}
