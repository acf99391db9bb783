package io.hamster.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/** Several of them, all of which have to match. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnFlag.class)
public @interface ConditionalOnFlags {

    /**
     * The conditions.
     *
     * @return all of them
     */
    ConditionalOnFlag[] value();
}
