package io.hamster.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** Holds every bean's annotated methods against the {@link AnnotatedMethodRule}s, once for each class that passes. */
public final class AnnotatedMethodCheck implements BeanPostProcessor {

    private final ObjectProvider<AnnotatedMethodRule> rules;
    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();
    private volatile @Nullable List<AnnotatedMethodRule> resolved;

    /**
     * Creates the check.
     *
     * @param rules the rules, resolved when the first bean is made
     */
    public AnnotatedMethodCheck(ObjectProvider<AnnotatedMethodRule> rules) {
        this.rules = rules;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        Class<?> type = ClassUtils.getUserClass(bean);
        // Rules are beans themselves: while they are being made, there is nothing to hold them against.
        if (!(bean instanceof AnnotatedMethodRule) && !checked.contains(type)) {
            for (AnnotatedMethodRule rule : rules()) {
                check(type, rule);
            }
            // Not before: a class that was refused is refused again when the next bean of it is asked for.
            checked.add(type);
        }
        return bean;
    }

    private List<AnnotatedMethodRule> rules() {
        List<AnnotatedMethodRule> current = resolved;
        if (current == null) {
            current = rules.orderedStream().toList();
            resolved = current;
        }
        return current;
    }

    private static void check(Class<?> type, AnnotatedMethodRule rule) {
        if (!AnnotationUtils.isCandidateClass(type, rule.annotations())) {
            return;
        }
        MetadataLookup<Boolean> annotated =
                method -> AnnotatedMethodPointcut.isAnnotated(method, rule.annotations()) ? Boolean.TRUE : null;
        for (Method method : MethodIntrospector.selectMethods(type, annotated).keySet()) {
            rule.check(type, method, obstacle(type, method));
        }
    }

    private static Optional<String> obstacle(Class<?> type, Method method) {
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers)) {
            return Optional.of("is private");
        }
        if (Modifier.isStatic(modifiers)) {
            return Optional.of("is static");
        }
        if (Modifier.isFinal(modifiers) && !Proxy.isProxyClass(type)) {
            return Optional.of("is final");
        }
        return Optional.empty();
    }
}
