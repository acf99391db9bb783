package io.hamster.spring.cluster;

import io.hamster.annotation.RemoteFunction;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.ClusterFunction;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Registers the beans' {@code @RemoteFunction} methods. Looks at the types of beans, not at the beans, so that those
 * made lazily are called too.
 */
final class RemoteFunctions {

    private static final Logger logger = LoggerFactory.getLogger(RemoteFunctions.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final MethodExpressionParser parser;

    RemoteFunctions(ConfigurableListableBeanFactory beanFactory, MethodExpressionParser parser) {
        this.beanFactory = beanFactory;
        this.parser = parser;
    }

    void registerWith(Cluster cluster) {
        Map<String, String> places = new TreeMap<>();
        for (String beanName : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            if (ScopedProxyUtils.isScopedTarget(beanName)) {
                continue;
            }
            Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
            if (type != null) {
                methods(type).forEach((method, annotation) -> {
                    String name = parser.resolve(
                            annotation.value(), "@RemoteFunction on " + type.getName() + "." + method.getName());
                    String place = "bean '" + beanName + "', " + type.getName() + "." + method.getName();
                    String other = places.putIfAbsent(name, place);
                    if (other != null) {
                        throw new HamsterConfigurationException(
                                "@RemoteFunction(\"" + name + "\") is on two methods: " + other + " and " + place + ".",
                                "Give each function of a node a name of its own.");
                    }
                    register(cluster, name, beanName, type, method);
                });
            }
        }
    }

    static Map<Method, RemoteFunction> methods(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, RemoteFunction.class)) {
            return Map.of();
        }
        MetadataLookup<RemoteFunction> lookup =
                method -> AnnotatedElementUtils.findMergedAnnotation(method, RemoteFunction.class);
        try {
            return MethodIntrospector.selectMethods(type, lookup);
        } catch (LinkageError | IllegalStateException e) {
            // A class with an optional dependency that is absent works, as long as nobody asks for its methods.
            logger.debug("{} can't be searched for @RemoteFunction", type.getName(), e);
            return Map.of();
        }
    }

    static Type argumentType(Class<?> type, Method method) {
        return method.getParameterCount() == 0
                ? Void.class
                : resolved(ResolvableType.forMethodParameter(method, 0, type));
    }

    /** What is inside an Optional travels; an empty one is no result. */
    static Type resultType(Class<?> type, Method method) {
        ResolvableType result = ResolvableType.forMethodReturnType(method, type);
        return resolved(result.resolve() == Optional.class ? result.getGeneric(0) : result);
    }

    private static Type resolved(ResolvableType type) {
        // A type variable that the bean's class binds is a class only here.
        return type.hasGenerics() || type.resolve() == null ? type.getType() : type.toClass();
    }

    private void register(Cluster cluster, String name, String beanName, Class<?> type, Method method) {
        Class<?> exposed = beanFactory.getType(beanName);
        try {
            Method invocable = AopUtils.selectInvocableMethod(method, exposed == null ? type : exposed);
            ReflectionUtils.makeAccessible(invocable);
            boolean takesNone = method.getParameterCount() == 0;
            ClusterFunction<@Nullable Object, @Nullable Object> function = argument -> {
                Object result = takesNone ? invoke(beanName, invocable) : invoke(beanName, invocable, argument);
                return result instanceof Optional<?> optional ? optional.orElse(null) : result;
            };
            cluster.registerFunction(name, argumentType(type, method), resultType(type, method), function);
        } catch (IllegalStateException | ClusterConfigurationException e) {
            throw new HamsterConfigurationException(
                    "@RemoteFunction on " + type.getName() + "." + method.getName() + " can't be registered: "
                            + e.getMessage() + ".",
                    "Correct the method or what it needs.",
                    e);
        }
    }

    private @Nullable Object invoke(String beanName, Method method, @Nullable Object... arguments) throws Exception {
        try {
            return method.invoke(beanFactory.getBean(beanName), arguments);
        } catch (InvocationTargetException e) {
            if (e.getTargetException() instanceof Error error) {
                throw error;
            }
            throw e.getTargetException() instanceof Exception cause ? cause : e;
        }
    }
}
