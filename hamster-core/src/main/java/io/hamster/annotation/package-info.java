/**
 * The annotations of Hamster. They only declare; what they do is done by the Spring auto-configurations, or by whoever
 * else reads them.
 */
@NullMarked
package io.hamster.annotation;

import org.jspecify.annotations.NullMarked;
