/**
 * A small ticket shop with real contention: the stock of an event is read, checked and written back, which oversells as
 * soon as two orders do it at once, unless a lock keeps them apart.
 */
@NullMarked
package io.hamster.sample.shop;

import org.jspecify.annotations.NullMarked;
