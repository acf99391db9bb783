/**
 * Expressions in annotations: parsed once, checked at start, evaluated for each call.
 *
 * <p>An expression that is nothing but a parameter, {@code #id}, is by far the most common one and is read from the
 * argument array without SpEL.
 */
@NullMarked
package io.hamster.spring.expression;

import org.jspecify.annotations.NullMarked;
