/** A cluster of one node: the seams of {@link io.hamster.cluster} with nobody else on the other side. No threads. */
@NullMarked
package io.hamster.cluster.single;

import org.jspecify.annotations.NullMarked;
