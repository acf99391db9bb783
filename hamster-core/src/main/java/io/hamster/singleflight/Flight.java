package io.hamster.singleflight;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One execution for a key, from its entry into the table until its result is published. */
final class Flight<K, V extends @Nullable Object> {

    private static final Sharing<?> LANDED = new Sharing<>();
    private static final VarHandle SHARING;

    static {
        try {
            SHARING = MethodHandles.lookup().findVarHandle(Flight.class, "sharing", Sharing.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final K key;
    final int hash;

    /** Compared with the reader's own thread only, and a thread always sees its own write: needs no fence. */
    private @Nullable Thread runner;

    private volatile @Nullable Sharing<V> sharing;

    Flight(K key, int hash, @Nullable Thread runner) {
        this.key = key;
        this.hash = hash;
        this.runner = runner;
    }

    boolean isFor(int otherHash, Object otherKey) {
        return hash == otherHash && key.equals(otherKey);
    }

    void runBy(Thread thread) {
        runner = thread;
    }

    boolean isRunBy(Thread thread) {
        return runner == thread;
    }

    /** Where to wait for the result; {@code null} once the flight has landed, when a caller has to start anew. */
    @SuppressWarnings("unchecked")
    @Nullable
    Sharing<V> join() {
        Sharing<V> current = sharing;
        if (current == null) {
            Sharing<V> created = new Sharing<>();
            Sharing<V> witness = (Sharing<V>) SHARING.compareAndExchange(this, null, created);
            current = witness == null ? created : witness;
        }
        return current == LANDED ? null : current;
    }

    /** Ends the flight; nobody joins it from now on. Gives those to be told, or {@code null} for none. */
    @SuppressWarnings("unchecked")
    @Nullable
    Sharing<V> land() {
        Sharing<V> joined = (Sharing<V>) SHARING.getAndSet(this, LANDED);
        // An executor that both ran the work and threw lands it twice.
        return joined == LANDED ? null : joined;
    }
}
