/**
 * Bloom filters (Bloom, 1970): which keys certainly aren't there, in about ten bits a key.
 *
 * <p>A {@link io.hamster.cache.bloom.BloomFilter} holds the bits. A {@link io.hamster.cache.bloom.BloomGuard} keeps one
 * in step with a source of keys, and with a {@link io.hamster.cache.bloom.BloomPolicy} a cache has a guard of its own.
 *
 * <p>Invariants. (1) <em>No false negative:</em> once {@code add} has returned, every {@code mightContain} that comes
 * after it is {@code true}. Bits are only ever set, each by an atomic step or found set, and {@code add} returns after
 * the last of them. (2) A guard's filters change by replacing one immutable pair behind one volatile field: the filter
 * that answers, and the one that a rebuild fills, which is put there before the source is read. {@code add} goes to
 * both, the one being filled first. So a key that was in the source before {@code add} is in every filter that answers
 * after it: either {@code add} has seen that filter, or its rebuild began later and finds the key in the source. (3) A
 * guard without a filter to answer lets every key through.
 */
@NullMarked
package io.hamster.cache.bloom;

import org.jspecify.annotations.NullMarked;
