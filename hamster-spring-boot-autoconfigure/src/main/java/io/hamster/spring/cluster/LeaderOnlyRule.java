package io.hamster.spring.cluster;

import io.hamster.annotation.LeaderOnly;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.aop.AnnotatedMethodRule;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/** A method that would silently run everywhere, or couldn't be skipped, stops the start. */
final class LeaderOnlyRule implements AnnotatedMethodRule {

    @Override
    public List<Class<? extends Annotation>> annotations() {
        return List.of(LeaderOnly.class);
    }

    @Override
    public void check(Class<?> beanType, Method method, Optional<String> obstacle) {
        String where = "@LeaderOnly on " + beanType.getName() + "." + method.getName();
        obstacle.ifPresent(why -> {
            throw new HamsterConfigurationException(
                    where + " has no effect: the method " + why + ", so that no proxy can skip it.",
                    "Make it a public method that isn't static or final.");
        });
        SkippedResult.obstacle(method.getReturnType()).ifPresent(why -> {
            throw new HamsterConfigurationException(
                    where + " can't be: the method " + why + ".", "Return void, an object, an Optional or a future.");
        });
    }
}
