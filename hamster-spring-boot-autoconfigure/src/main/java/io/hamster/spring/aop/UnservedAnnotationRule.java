package io.hamster.spring.aop;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names, in a warning, the methods whose annotation does nothing because its concern was turned off. */
public final class UnservedAnnotationRule implements AnnotatedMethodRule {

    private static final Logger logger = LoggerFactory.getLogger(UnservedAnnotationRule.class);

    private final List<Class<? extends Annotation>> annotations;
    private final String property;
    private final String consequence;

    /**
     * Creates the rule.
     *
     * @param annotations the annotations that nobody serves
     * @param property the property that turned them off
     * @param consequence what that means for the method, such as {@code "runs without its lock"}
     */
    public UnservedAnnotationRule(List<Class<? extends Annotation>> annotations, String property, String consequence) {
        this.annotations = List.copyOf(annotations);
        this.property = property;
        this.consequence = consequence;
    }

    @Override
    public List<Class<? extends Annotation>> annotations() {
        return annotations;
    }

    @Override
    public void check(Class<?> beanType, Method method, Optional<String> obstacle) {
        logger.warn("{}.{} {}: {} is false", beanType.getName(), method.getName(), consequence, property);
    }
}
