package io.hamster.spring.expression;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * What {@code #root} stands for. Public with getters because SpEL's compiler only calls what it can reach.
 *
 * @param method the annotated method
 * @param target the object it is called on
 * @param args the call's arguments
 */
public record ExpressionRoot(
        Method method, Object target, @Nullable Object[] args) {

    /**
     * The method, for {@code #root.method}.
     *
     * @return the annotated method
     */
    public Method getMethod() {
        return method;
    }

    /**
     * The method's name, for {@code #root.methodName}.
     *
     * @return its simple name
     */
    public String getMethodName() {
        return method.getName();
    }

    /**
     * The object, for {@code #root.target}.
     *
     * @return the object that the method is called on
     */
    public Object getTarget() {
        return target;
    }

    /**
     * The object's class, for {@code #root.targetClass}.
     *
     * @return its runtime class
     */
    public Class<?> getTargetClass() {
        return target.getClass();
    }

    /**
     * The arguments, for {@code #root.args}.
     *
     * @return the call's own array
     */
    public @Nullable Object[] getArgs() {
        return args;
    }
}
