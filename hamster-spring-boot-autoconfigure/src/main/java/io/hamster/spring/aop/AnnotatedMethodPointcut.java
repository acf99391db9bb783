package io.hamster.spring.aop;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Matches methods with one of several annotations: their own, an interface's, an overridden method's or a composed one. */
public final class AnnotatedMethodPointcut extends StaticMethodMatcherPointcut {

    private final List<Class<? extends Annotation>> annotations;

    /**
     * Creates the pointcut.
     *
     * @param annotations the annotations to look for; containers of repeatable ones need naming too
     */
    public AnnotatedMethodPointcut(List<Class<? extends Annotation>> annotations) {
        this.annotations = List.copyOf(annotations);
        setClassFilter(type -> AnnotationUtils.isCandidateClass(type, this.annotations));
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return isAnnotated(method, annotations)
                || isAnnotated(AopUtils.getMostSpecificMethod(method, targetClass), annotations);
    }

    static boolean isAnnotated(Method method, List<Class<? extends Annotation>> annotations) {
        for (Class<? extends Annotation> annotation : annotations) {
            if (AnnotatedElementUtils.hasAnnotation(method, annotation)) {
                return true;
            }
        }
        return false;
    }
}
