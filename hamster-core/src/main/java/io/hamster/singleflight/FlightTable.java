package io.hamster.singleflight;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The flights that may be joined, by key. A bin is empty, flat (one flight that nobody joined) or inflated (an array
 * of flights, in no order, which others may have joined). Arrays are never changed, so a compare-and-set that succeeds
 * proves that what was read still holds. A lookup that returns a flight has inflated its bin.
 *
 * <p>The number of bins is fixed: what it holds is work in progress, tens of thousands at most, and a bin of a
 * hundred flights is still copied in less time than a monitor takes to inflate.
 */
final class FlightTable<K, V extends @Nullable Object> {

    private static final int BITS = 10;
    private static final int GOLDEN_RATIO = 0x9E3779B9;

    private final AtomicReferenceArray<@Nullable Object> bins = new AtomicReferenceArray<>(1 << BITS);

    static int hash(Object key) {
        return key.hashCode() * GOLDEN_RATIO;
    }

    /** Adds a flight unless its key has one, which is returned then, ready to be joined. */
    @Nullable
    Flight<K, V> putIfAbsent(Flight<K, V> flight) {
        int index = index(flight.hash);
        while (true) {
            Object bin = bins.get(index);
            if (bin == null) {
                if (bins.compareAndSet(index, null, flight)) {
                    return null;
                }
                continue;
            }
            Flight<K, V>[] flights = inflated(bin);
            Flight<K, V> present = find(flights, flight.hash, flight.key);
            Flight<K, V>[] next = present == null ? with(flights, flight) : flights;
            if (bin == next || bins.compareAndSet(index, bin, next)) {
                return present;
            }
        }
    }

    /** Removes a flight that nobody can have joined; {@code false} if somebody may have, and changes nothing then. */
    boolean removeIfAlone(Flight<K, V> flight) {
        return bins.compareAndSet(index(flight.hash), flight, null);
    }

    /** Removes exactly this flight; {@code false} if it isn't there any more. */
    boolean remove(Flight<K, V> flight) {
        int index = index(flight.hash);
        while (true) {
            Object bin = bins.get(index);
            if (bin == null) {
                return false;
            }
            Flight<K, V>[] flights = inflated(bin);
            int at = Arrays.asList(flights).indexOf(flight);
            if (at < 0) {
                return false;
            }
            if (bins.compareAndSet(index, bin, without(flights, at))) {
                return true;
            }
        }
    }

    /** Removes whichever flight the key has; {@code false} for none. */
    boolean removeKey(Object key) {
        int hash = hash(key);
        Object bin = bins.get(index(hash));
        Flight<K, V> present = bin == null ? null : find(inflated(bin), hash, key);
        return present != null && remove(present);
    }

    void clear() {
        for (int i = 0; i < bins.length(); i++) {
            bins.set(i, null);
        }
    }

    int size() {
        int size = 0;
        for (int i = 0; i < bins.length(); i++) {
            Object bin = bins.get(i);
            size += bin == null ? 0 : inflated(bin).length;
        }
        return size;
    }

    private static int index(int hash) {
        return hash >>> (Integer.SIZE - BITS);
    }

    @SuppressWarnings("unchecked")
    private Flight<K, V>[] inflated(Object bin) {
        if (bin instanceof Flight<?, ?>[]) {
            return (Flight<K, V>[]) bin;
        }
        Flight<K, V>[] flights = (Flight<K, V>[]) new Flight<?, ?>[1];
        flights[0] = (Flight<K, V>) bin;
        return flights;
    }

    private @Nullable Flight<K, V> find(Flight<K, V>[] flights, int hash, Object key) {
        for (Flight<K, V> flight : flights) {
            if (flight.isFor(hash, key)) {
                return flight;
            }
        }
        return null;
    }

    private Flight<K, V>[] with(Flight<K, V>[] flights, Flight<K, V> added) {
        Flight<K, V>[] next = Arrays.copyOf(flights, flights.length + 1);
        next[flights.length] = added;
        return next;
    }

    /** Stays inflated while a flight is left: that one may have been joined. */
    private Flight<K, V> @Nullable [] without(Flight<K, V>[] flights, int at) {
        if (flights.length == 1) {
            return null;
        }
        Flight<K, V>[] next = Arrays.copyOf(flights, flights.length - 1);
        System.arraycopy(flights, at + 1, next, at, flights.length - 1 - at);
        return next;
    }
}
