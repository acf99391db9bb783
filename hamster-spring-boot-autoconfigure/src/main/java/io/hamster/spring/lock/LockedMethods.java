package io.hamster.spring.lock;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.OnFailure;
import io.hamster.annotation.HamsterLocked.OnLost;
import io.hamster.annotation.HamsterLocks;
import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockRequest;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.expression.MethodExpression;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.util.ClassUtils;

/** Reads annotated methods, each once. Thread-safe. */
final class LockedMethods {

    static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(HamsterLocked.class, HamsterLocks.class);

    private final MethodExpressionParser parser;
    private final Map<MethodClassKey, LockedMethod> known = new ConcurrentHashMap<>();

    LockedMethods(MethodExpressionParser parser) {
        this.parser = parser;
    }

    /**
     * The method as it is annotated.
     *
     * @throws HamsterConfigurationException if its annotations can't work
     */
    LockedMethod get(Method method, Class<?> targetClass) {
        MethodClassKey key = new MethodClassKey(method, targetClass);
        LockedMethod locked = known.get(key);
        return locked != null ? locked : known.computeIfAbsent(key, absent -> read(method, targetClass));
    }

    private LockedMethod read(Method called, Class<?> targetClass) {
        // A proxy class has neither annotations nor parameter names of its own.
        Method method = Proxy.isProxyClass(targetClass) ? called : AopUtils.getMostSpecificMethod(called, targetClass);
        List<HamsterLocked> annotations = MergedAnnotations.from(
                        method,
                        SearchStrategy.TYPE_HIERARCHY,
                        RepeatableContainers.explicitRepeatable(HamsterLocked.class, HamsterLocks.class))
                .stream(HamsterLocked.class)
                .map(MergedAnnotation::synthesize)
                .distinct()
                .toList();
        String name = ClassUtils.getUserClass(targetClass).getSimpleName() + "." + method.getName();
        Returns returns = Returns.of(method, targetClass)
                .orElseThrow(() -> refused(
                        name,
                        "returns " + method.getReturnType().getSimpleName()
                                + ", whose end can't be seen from outside: the lock would be released too early",
                        "Return the value itself, a CompletableFuture, a CompletionStage or a Mono."));
        List<LockSpec> locks = annotations.stream()
                .map(annotation -> read(annotation, method, targetClass, name, returns))
                .toList();
        boolean interrupts = annotations.stream().anyMatch(annotation -> annotation.onLost() == OnLost.INTERRUPT);
        return new LockedMethod(method, locks, returns, interrupts);
    }

    private LockSpec read(HamsterLocked locked, Method method, Class<?> targetClass, String shown, Returns returns) {
        String name = parser.resolve(locked.name(), "@HamsterLocked(name) on " + shown)
                .strip();
        MethodExpression key = key(locked, method, shown);
        if (key == null) {
            checkName(name, shown);
        }
        if (returns != Returns.AT_ONCE && locked.onLost() == OnLost.INTERRUPT) {
            throw refused(
                    shown,
                    "has onLost=INTERRUPT, but its work runs on after the return, on a thread that isn't known",
                    "Use onLost=FLAG and look at the handle.");
        }
        if (returns != Returns.AT_ONCE && locked.reentrant()) {
            throw refused(
                    shown,
                    "has reentrant=true, but a lock that is acquired without blocking belongs to no caller",
                    "Take the lock in one place, or return the value itself.");
        }
        Method fallback =
                locked.fallback().isEmpty() ? null : Fallbacks.find(locked.fallback(), method, targetClass, shown);
        if (locked.onFailure() == OnFailure.SKIP
                && fallback == null
                && method.getReturnType().isPrimitive()
                && method.getReturnType() != void.class) {
            throw refused(
                    shown,
                    "has onFailure=SKIP, but returns " + method.getReturnType() + ", which has no value for that",
                    "Return an Optional or a wrapper type, or name a fallback method.");
        }
        LockAttributes attributes = LockAttributes.of(locked, parser, shown);
        return new LockSpec("@HamsterLocked(key) on " + shown, name, key, attributes, locked.onFailure(), fallback);
    }

    private @Nullable MethodExpression key(HamsterLocked locked, Method method, String shown) {
        String where = "@HamsterLocked(key) on " + shown;
        String text = parser.resolve(locked.key(), where);
        return text.isBlank() ? null : parser.parse(text, method, where);
    }

    private static void checkName(String name, String shown) {
        if (name.isEmpty()) {
            throw refused(
                    shown,
                    "neither name nor key: every such method would share one lock",
                    "Give a name, a key or both: @HamsterLocked(name = \"order\", key = \"#id\").");
        }
        try {
            LockRequest.of(name);
        } catch (InvalidLockKeyException e) {
            throw new HamsterConfigurationException(
                    "@HamsterLocked(name) on " + shown + " can't be a lock's key: " + e.getMessage() + ".",
                    "Correct the name.",
                    e);
        }
    }

    static HamsterConfigurationException refused(String method, String why, String action) {
        return new HamsterConfigurationException(method + " has @HamsterLocked, but " + why + ".", action);
    }
}
