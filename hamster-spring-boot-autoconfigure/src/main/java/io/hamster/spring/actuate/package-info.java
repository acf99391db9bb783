/** Hamster under Actuator: one health contributor named {@code hamster} with a part for each concern. */
@NullMarked
package io.hamster.spring.actuate;

import org.jspecify.annotations.NullMarked;
