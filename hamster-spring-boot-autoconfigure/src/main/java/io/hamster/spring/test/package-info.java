/** Help for the tests of applications that use Hamster. */
@NullMarked
package io.hamster.spring.test;

import org.jspecify.annotations.NullMarked;
