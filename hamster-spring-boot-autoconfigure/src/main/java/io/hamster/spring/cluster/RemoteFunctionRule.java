package io.hamster.spring.cluster;

import io.hamster.InvalidKeyException;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cluster.RemoteCall;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.aop.AnnotatedMethodRule;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** A method that couldn't be called from elsewhere stops the start. */
final class RemoteFunctionRule implements AnnotatedMethodRule {

    private final Supplier<MethodExpressionParser> parser;

    /** Asks for the parser late: rules are made while the first bean is, which may be that. */
    RemoteFunctionRule(Supplier<MethodExpressionParser> parser) {
        this.parser = parser;
    }

    @Override
    public List<Class<? extends Annotation>> annotations() {
        return List.of(RemoteFunction.class);
    }

    @Override
    public void check(Class<?> beanType, Method method, Optional<String> obstacle) {
        String where = "@RemoteFunction on " + beanType.getName() + "." + method.getName();
        obstacle.ifPresent(why -> {
            throw new HamsterConfigurationException(
                    where + " can't be called through the bean's proxy: the method " + why + ".",
                    "Make it a public method that isn't static or final.");
        });
        if (method.getParameterCount() > 1) {
            throw new HamsterConfigurationException(
                    where + " has " + method.getParameterCount() + " parameters.",
                    "Take one parameter at most, a record for several values.");
        }
        Class<?> result = method.getReturnType();
        if (CompletionStage.class.isAssignableFrom(result)
                || Future.class.isAssignableFrom(result)
                || SkippedResult.isReactive(result)) {
            throw new HamsterConfigurationException(
                    where + " returns a " + result.getSimpleName() + ", which doesn't travel.",
                    "Return the value itself: the method already runs on a thread of its own.");
        }
        RemoteFunction annotation = AnnotatedElementUtils.findMergedAnnotation(method, RemoteFunction.class);
        if (annotation != null) {
            requireName(where, parser.get().resolve(annotation.value(), where));
        }
    }

    private static void requireName(String where, String name) {
        try {
            RemoteCall.function(name);
        } catch (InvalidKeyException e) {
            throw new HamsterConfigurationException(where + ": " + e.getMessage() + ".", "Give it another name.", e);
        }
    }
}
