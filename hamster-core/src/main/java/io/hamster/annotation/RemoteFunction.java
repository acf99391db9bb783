package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Other nodes of the cluster may call the method, by name. It has no parameter or one; parameter and result travel as
 * their declared types.
 *
 * <pre>{@code
 * @RemoteFunction("stock")
 * public int stock(Sku sku) { … }
 * }</pre>
 *
 * <p>Calls go through the bean's proxy. They run at the same time as each other, up to a bound. Private, static and
 * final methods, those with more than one parameter and those that return a future or a reactive type are refused at
 * start, as is a name that is taken.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RemoteFunction {

    /**
     * The function's name.
     *
     * @return 1 to 200 characters without control characters, unique on the node; may hold placeholders
     */
    String value();
}
