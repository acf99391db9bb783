package io.hamster.spring.cluster;

import io.hamster.annotation.LeaderOnly;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.aop.AnnotatedMethodRule;
import io.hamster.spring.aop.SelfCalls;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method that would silently run everywhere, or couldn't be skipped, stops the start; a call that isn't asked who leads
 * is warned about.
 */
final class LeaderOnlyRule implements AnnotatedMethodRule {

    private static final Logger logger = LoggerFactory.getLogger(LeaderOnlyRule.class);

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
        SelfCalls.of(method, beanType).stream()
                .filter(caller -> !isLeaderOnly(beanType, caller))
                .forEach(caller -> logger.warn(
                        "{}.{} calls {} of the same object, which runs on every instance then; call it on the bean",
                        beanType.getName(),
                        caller,
                        method.getName()));
    }

    /** What only the leader runs may call the others as it likes. */
    private static boolean isLeaderOnly(Class<?> beanType, String caller) {
        List<Method> callers = Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(beanType))
                .filter(method -> method.getName().equals(caller))
                .toList();
        return !callers.isEmpty()
                && callers.stream().allMatch(method -> AnnotatedElementUtils.hasAnnotation(method, LeaderOnly.class));
    }
}
