package io.hamster.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/**
 * Matches where a property is set to one value of its enum, in any writing that Spring Boot binds to it: the condition of
 * Spring Boot's own that compares texts would leave out what {@code cluster} with a blank after it asks for.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnChoice.class)
public @interface ConditionalOnChoice {

    /**
     * The property.
     *
     * @return its full name
     */
    String name();

    /**
     * The value.
     *
     * @return as it is documented: {@code two-level}
     */
    String value();

    /**
     * What a property that isn't set, or is empty, counts as.
     *
     * @return whether it matches
     */
    boolean matchIfMissing() default false;
}
