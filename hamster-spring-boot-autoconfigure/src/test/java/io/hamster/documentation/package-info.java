/**
 * Holds the documentation to the code: its Java compiles, its properties exist and bind, its links lead somewhere.
 * {@code CONTRIBUTING.md} says how blocks are written.
 */
@NullMarked
package io.hamster.documentation;

import org.jspecify.annotations.NullMarked;
