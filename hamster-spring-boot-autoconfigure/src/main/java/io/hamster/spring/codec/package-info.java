/**
 * The codec of an application that has Jackson: JSON by declared type.
 *
 * <p>A payload is input from outside, whoever may have sent it: it decides values, never classes. Default typing is
 * switched off and class names in {@code @JsonTypeInfo} are refused, whatever the application's own mapper allows.
 */
@NullMarked
package io.hamster.spring.codec;

import org.jspecify.annotations.NullMarked;
