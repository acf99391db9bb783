package io.hamster.spring.lock;

import io.hamster.lock.LockNotAcquiredException;
import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/** Finds and calls the methods that stand in for one whose lock another owner keeps. */
final class Fallbacks {

    private Fallbacks() {}

    static Method find(String name, Method method, Class<?> targetClass, String shown) {
        Class<?>[] parameters = method.getParameterTypes();
        Class<?>[] withReason = Arrays.copyOf(parameters, parameters.length + 1);
        withReason[parameters.length] = LockNotAcquiredException.class;
        Method found = find(name, withReason, targetClass);
        if (found == null) {
            found = find(name, parameters, targetClass);
        }
        if (found == null) {
            throw new HamsterConfigurationException(
                    "@HamsterLocked(fallback) on " + shown + " is '" + name + "', but "
                            + targetClass.getSimpleName() + " has no such method with the parameters "
                            + Arrays.toString(parameters) + ", alone or followed by a LockNotAcquiredException.",
                    "Add it or correct the name.");
        }
        if (found.equals(method)) {
            throw new HamsterConfigurationException(
                    "@HamsterLocked(fallback) on " + shown + " names the method itself: it would run without its lock.",
                    "Name another method.");
        }
        if (isLocked(found)) {
            throw new HamsterConfigurationException(
                    "@HamsterLocked(fallback) on " + shown + " is '" + name
                            + "', which has @HamsterLocked too: it would" + " run without its lock.",
                    "Name a method that needs no lock.");
        }
        if (Modifier.isAbstract(found.getModifiers())
                || !method.getReturnType().isAssignableFrom(found.getReturnType())) {
            throw new HamsterConfigurationException(
                    "@HamsterLocked(fallback) on " + shown + " is '" + name + "', which returns "
                            + found.getReturnType().getSimpleName() + " and can't stand in for it.",
                    "Let it return " + method.getReturnType().getSimpleName() + ".");
        }
        ReflectionUtils.makeAccessible(found);
        return found;
    }

    private static boolean isLocked(Method method) {
        return LockedMethods.ANNOTATIONS.stream()
                .anyMatch(annotation -> AnnotatedElementUtils.hasAnnotation(method, annotation));
    }

    /** Takes any parameter type that accepts the reason, the closest class first. */
    private static @Nullable Method find(String name, Class<?>[] parameters, Class<?> targetClass) {
        for (Method candidate : ReflectionUtils.getUniqueDeclaredMethods(targetClass)) {
            if (candidate.getName().equals(name) && accepts(candidate, parameters)) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean accepts(Method candidate, Class<?>[] parameters) {
        Class<?>[] own = candidate.getParameterTypes();
        if (own.length != parameters.length || candidate.isBridge()) {
            return false;
        }
        for (int i = 0; i < own.length; i++) {
            if (!own[i].isAssignableFrom(parameters[i])) {
                return false;
            }
        }
        return true;
    }

    static @Nullable Object call(
            Method fallback, Object target, @Nullable Object[] arguments, LockNotAcquiredException reason)
            throws Throwable {
        @Nullable Object[] all = arguments;
        if (fallback.getParameterCount() > arguments.length) {
            all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = reason;
        }
        try {
            return fallback.invoke(target, all);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
