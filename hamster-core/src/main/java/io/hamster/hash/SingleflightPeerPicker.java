package io.hamster.hash;

import io.hamster.InvalidExpirationException;
import io.hamster.singleflight.Singleflight;
import io.hamster.singleflight.SingleflightException;
import io.hamster.singleflight.SingleflightTimeoutException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lets concurrent picks of the same key share one call of another picker. Made for pickers that do I/O; a pick on a
 * ring in this JVM costs less than the coordination. Thread-safe.
 *
 * <p>{@code pickPeer} and {@code pickPeers} never share with each other, nor do different counts. {@code acquire} isn't
 * shared, since each handle counts on its own. A change of peers or of a status made here forgets the picks in flight,
 * so that later ones see it; picks that waited already get the earlier result.
 *
 * <p>A pick that waits for another caller's longer than the timeout fails with {@link SingleflightTimeoutException} and
 * forgets the one it waited for, so that a call that hangs doesn't block its key. Without an executor, the caller who
 * comes first runs the call on its own thread, which may have what the other picker needs, and waits as long as it takes;
 * {@linkplain #SingleflightPeerPicker(PeerPicker, Duration, Executor) with one}, it fails after the timeout like the
 * others. A pick that is interrupted while it waits fails with {@link PickInterruptedException}, and its thread's
 * interrupt status is kept. If a shared pick fails, the caller who ran it gets what it threw, and the others a
 * {@link NoPeersAvailableException} if it was one, else a {@link SingleflightException} caused by it.
 */
public final class SingleflightPeerPicker implements PeerPicker {

    /** How long a pick waits for another caller's unless told otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private final PeerPicker delegate;
    private final Duration timeout;
    private final @Nullable Executor executor;
    private final Singleflight<Request, List<Peer>> flights = new Singleflight<>();

    /**
     * Decorates a picker, with a timeout of 5 seconds for those who wait. Who comes first runs the call on its own thread,
     * without limit.
     *
     * @param delegate picks
     */
    public SingleflightPeerPicker(PeerPicker delegate) {
        this(delegate, DEFAULT_TIMEOUT);
    }

    /**
     * Decorates a picker. Who comes first runs the call on its own thread, without limit: for a picker that needs what the
     * thread has, or that has timeouts of its own.
     *
     * @param delegate picks
     * @param timeout how long a pick waits for another caller's; more than zero
     * @throws InvalidExpirationException if the timeout is zero or negative
     */
    public SingleflightPeerPicker(PeerPicker delegate, Duration timeout) {
        this(delegate, timeout, null);
    }

    /**
     * Decorates a picker that may hang. Its picks run on an executor, so that no caller waits longer than the timeout; they
     * don't see what the caller's thread has, such as thread-locals. A pick that hangs isn't interrupted and keeps its
     * thread.
     *
     * @param delegate picks
     * @param timeout how long a pick waits, be it for its own call or another caller's; more than zero
     * @param executor runs the delegate's picks, best with a bounded number of threads; remains the caller's to shut down.
     *     A pick that it refuses fails with what it threw. {@code null} runs them as the other constructors do
     * @throws InvalidExpirationException if the timeout is zero or negative
     */
    public SingleflightPeerPicker(PeerPicker delegate, Duration timeout, @Nullable Executor executor) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new InvalidExpirationException("Single flight timeout " + timeout + " must be more than zero");
        }
        this.delegate = delegate;
        this.timeout = timeout;
        this.executor = executor;
    }

    /** What picks share by. Records of different types are never equal. */
    private sealed interface Request {}

    private record One(String key) implements Request {}

    private record Several(String key, int count) implements Request {}

    @Override
    public Peer pickPeer(String key) {
        RingPeerPicker.requireValid(key);
        return shared(new One(key), () -> List.of(delegate.pickPeer(key))).get(0);
    }

    @Override
    public List<Peer> pickPeers(String key, int count) {
        RingPeerPicker.requireValid(key);
        return shared(new Several(key, count), () -> List.copyOf(delegate.pickPeers(key, count)));
    }

    /**
     * Lets the next {@code pickPeer} of a key start anew though an earlier one may still run.
     *
     * @param key the key
     * @return whether there was one in flight
     */
    public boolean forget(String key) {
        return flights.forget(new One(key));
    }

    /**
     * Lets the next {@code pickPeers} of a key and count start anew though an earlier one may still run.
     *
     * @param key the key
     * @param count the count
     * @return whether there was one in flight
     */
    public boolean forget(String key, int count) {
        return flights.forget(new Several(key, count));
    }

    /**
     * How many picks were shared.
     *
     * @return counts since this was created
     */
    public Singleflight.Stats flightStats() {
        return flights.stats();
    }

    @Override
    public PeerHandle acquire(String key) {
        return delegate.acquire(key);
    }

    @Override
    public void addPeers(Collection<Peer> peers) {
        changing(() -> delegate.addPeers(peers));
    }

    @Override
    public void removePeers(Collection<String> ids) {
        changing(() -> delegate.removePeers(ids));
    }

    @Override
    public void updatePeerStatus(String id, boolean alive) {
        changing(() -> delegate.updatePeerStatus(id, alive));
    }

    @Override
    public List<Peer> peers() {
        return delegate.peers();
    }

    @Override
    public Optional<Peer> peer(String id) {
        return delegate.peer(id);
    }

    @Override
    public int peerCount() {
        return delegate.peerCount();
    }

    @Override
    public int alivePeerCount() {
        return delegate.alivePeerCount();
    }

    @Override
    public PickerHealth health() {
        return delegate.health();
    }

    @Override
    public Optional<HashRing> currentRing() {
        return delegate.currentRing();
    }

    @Override
    public OptionalInt maxAlternatives() {
        return delegate.maxAlternatives();
    }

    @Override
    public PickerStats stats() {
        return delegate.stats();
    }

    private void changing(Runnable change) {
        try {
            change.run();
        } finally {
            // After the change: a pick that starts now sees it. One that started before may not, so nobody joins it.
            flights.forgetAll();
        }
    }

    private List<Peer> shared(Request request, Callable<List<Peer>> pick) {
        try {
            return executor == null
                    ? flights.executeOrForget(request, pick, timeout).value()
                    : flights.executeOrForget(request, pick, timeout, executor).value();
        } catch (SingleflightException e) {
            throw ofSameKind(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PickInterruptedException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("A peer picker threw a checked exception", e);
        }
    }

    private static RuntimeException ofSameKind(SingleflightException e) {
        return e.getCause() instanceof NoPeersAvailableException none
                ? new NoPeersAvailableException(String.valueOf(none.getMessage()), e)
                : e;
    }
}
