/**
 * The ring in an application: a {@link io.hamster.hash.PeerPicker} made from {@code hamster.hash}, its health, its
 * meters, and the probing of its peers.
 *
 * <p>The picker is made with the peers that the configuration lists. Whatever else knows of peers adds and removes them
 * through the picker bean, which is thread-safe.
 */
@NullMarked
package io.hamster.spring.hash;

import org.jspecify.annotations.NullMarked;
