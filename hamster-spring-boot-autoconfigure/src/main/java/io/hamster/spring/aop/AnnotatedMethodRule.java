package io.hamster.spring.aop;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/** What a concern demands of the methods that carry its annotations; asked once for each bean's method at start. */
public interface AnnotatedMethodRule {

    /**
     * The annotations that this rule is about.
     *
     * @return their types, containers of repeatable ones included
     */
    List<Class<? extends Annotation>> annotations();

    /**
     * Judges a method that carries one of the annotations.
     *
     * @param beanType the bean's class, without proxies
     * @param method the annotated method
     * @param obstacle why a proxy can't advise it, such as {@code "is private"}; empty if it can
     * @throws RuntimeException to stop the start; the message names class, method and annotation
     */
    void check(Class<?> beanType, Method method, Optional<String> obstacle);
}
