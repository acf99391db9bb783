package io.hamster.spring.expression;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.expression.spel.support.StandardTypeLocator;

/** Everything that needs SpEL. Variables are set for each evaluation, so that no call sees another's arguments. */
final class SpelMethodExpression implements MethodExpression {

    private final Expression expression;
    private final Method method;
    private final String[] names;
    private final BeanResolver beans;
    private final StandardTypeLocator types;
    private final boolean usesResult;

    SpelMethodExpression(
            Expression expression,
            Method method,
            String[] names,
            BeanResolver beans,
            StandardTypeLocator types,
            boolean usesResult) {
        this.expression = expression;
        this.method = method;
        this.names = names;
        this.beans = beans;
        this.types = types;
        this.usesResult = usesResult;
    }

    @Override
    public boolean usesResult() {
        return usesResult;
    }

    @Override
    public @Nullable Object evaluate(Object target, @Nullable Object[] arguments, @Nullable Object result) {
        StandardEvaluationContext context =
                new StandardEvaluationContext(new ExpressionRoot(method, target, arguments));
        context.setBeanResolver(beans);
        context.setTypeLocator(types);
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            if (i < names.length) {
                context.setVariable(names[i], argument);
            }
            context.setVariable("p" + i, argument);
            context.setVariable("a" + i, argument);
        }
        if (result != null) {
            // As long as there is none, a parameter may have this name.
            context.setVariable("result", result);
        }
        return expression.getValue(context);
    }
}
