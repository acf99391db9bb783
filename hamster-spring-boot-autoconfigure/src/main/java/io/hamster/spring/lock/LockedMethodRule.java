package io.hamster.spring.lock;

import io.hamster.spring.aop.AnnotatedMethodRule;
import io.hamster.spring.aop.SelfCalls;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A method that can't be locked stops the start; a call that passes its lock by is warned about. */
final class LockedMethodRule implements AnnotatedMethodRule {

    private static final Logger LOG = LoggerFactory.getLogger(LockedMethodRule.class);

    private final LockedMethods methods;

    LockedMethodRule(LockedMethods methods) {
        this.methods = methods;
    }

    @Override
    public List<Class<? extends Annotation>> annotations() {
        return LockedMethods.ANNOTATIONS;
    }

    @Override
    public void check(Class<?> beanType, Method method, Optional<String> obstacle) {
        if (obstacle.isPresent()) {
            throw LockedMethods.refused(
                    beanType.getSimpleName() + "." + method.getName(),
                    obstacle.get() + ", so calls would run without their lock",
                    "Make it public, protected or package-private, and neither static nor final.");
        }
        methods.get(method, beanType);
        for (String caller : SelfCalls.of(method, beanType)) {
            LOG.warn(
                    "{}.{} calls {} of the same object, which runs without its lock then; call it on the bean",
                    beanType.getName(),
                    caller,
                    method.getName());
        }
    }
}
