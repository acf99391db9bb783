package io.hamster.spring.cluster;

import io.hamster.annotation.RemoteFunction;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

/** Lets a native image call {@code @RemoteFunction} methods and read and write what they take and return. */
final class RemoteFunctionAotProcessor implements BeanRegistrationAotProcessor {

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
        Class<?> type = registeredBean.getBeanClass();
        Map<Method, RemoteFunction> methods = RemoteFunctions.methods(type);
        if (methods.isEmpty()) {
            return null;
        }
        return (generation, code) -> {
            ReflectionHints hints = generation.getRuntimeHints().reflection();
            BindingReflectionHintsRegistrar bindings = new BindingReflectionHintsRegistrar();
            for (Method method : methods.keySet()) {
                hints.registerMethod(method, ExecutableMode.INVOKE);
                bindings.registerReflectionHints(
                        hints, RemoteFunctions.argumentType(type, method), RemoteFunctions.resultType(type, method));
            }
        };
    }
}
