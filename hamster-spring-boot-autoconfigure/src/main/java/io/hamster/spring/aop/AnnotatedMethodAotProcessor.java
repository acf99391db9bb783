package io.hamster.spring.aop;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheRefresh;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocks;
import io.hamster.annotation.LeaderOnly;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.util.ClassUtils;

/**
 * Keeps annotated methods visible in a native image, together with those that they implement or override and that may have
 * the annotation in their place: a method that nobody sees would run without its lock, and nobody would say so.
 */
final class AnnotatedMethodAotProcessor implements BeanRegistrationAotProcessor {

    private static final Logger logger = LoggerFactory.getLogger(AnnotatedMethodAotProcessor.class);

    private static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(
            HamsterLocked.class,
            HamsterLocks.class,
            Cached.class,
            CacheUpdate.class,
            CacheInvalidate.class,
            CacheInvalidate.List.class,
            CacheRefresh.class,
            LeaderOnly.class);

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
        Class<?> type = ClassUtils.getUserClass(registeredBean.getBeanClass());
        Set<Method> methods = methods(type);
        if (methods.isEmpty()) {
            return null;
        }
        return (generation, code) -> {
            ReflectionHints hints = generation.getRuntimeHints().reflection();
            methods.forEach(method -> hints.registerMethod(method, ExecutableMode.INVOKE));
        };
    }

    private static Set<Method> methods(Class<?> type) {
        MetadataLookup<Boolean> annotated =
                method -> AnnotatedMethodPointcut.isAnnotated(method, ANNOTATIONS) ? Boolean.TRUE : null;
        try {
            Set<Method> all = new LinkedHashSet<>();
            for (Method method :
                    MethodIntrospector.selectMethods(type, annotated).keySet()) {
                all.add(method);
                addOverridden(type, method, all);
            }
            return all;
        } catch (LinkageError | IllegalStateException e) {
            // A class with an optional dependency that is absent works, as long as nobody asks for its methods.
            logger.debug("{} can't be searched for annotated methods", type.getName(), e);
            return Set.of();
        }
    }

    private static void addOverridden(Class<?> type, Method method, Set<Method> all) {
        Set<Class<?>> above = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(type));
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            above.add(each);
        }
        for (Class<?> each : above) {
            for (Method candidate : each.getDeclaredMethods()) {
                if (isOverriddenBy(method, candidate, type)) {
                    all.add(candidate);
                }
            }
        }
    }

    /** With type arguments filled in: a generic type's method has other parameters than the one that implements it. */
    private static boolean isOverriddenBy(Method method, Method candidate, Class<?> type) {
        return candidate.getName().equals(method.getName())
                && candidate.getParameterCount() == method.getParameterCount()
                && BridgeMethodResolver.getMostSpecificMethod(candidate, type).equals(method);
    }
}
