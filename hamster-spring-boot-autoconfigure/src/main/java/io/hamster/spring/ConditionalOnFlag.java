package io.hamster.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/**
 * Matches where a property that is true or false has one of these values, in any writing that Spring Boot binds to it. By
 * the condition of Spring Boot's own {@code yes} is neither, and what {@code enabled: yes} turns on would be off without
 * a word. What can't be bound stops the start.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(ConditionalOnFlags.class)
@Conditional(OnFlag.class)
public @interface ConditionalOnFlag {

    /**
     * The property.
     *
     * @return its full name
     */
    String value();

    /**
     * The value to match.
     *
     * @return true unless set
     */
    boolean is() default true;

    /**
     * What a property that isn't set, or is empty, counts as.
     *
     * @return whether it matches
     */
    boolean matchIfMissing() default false;
}
