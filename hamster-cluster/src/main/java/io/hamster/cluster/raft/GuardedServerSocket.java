package io.hamster.cluster.raft;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the connections of those who have proven to be nodes. JGroups itself takes connections one after the other and
 * waits for each to speak; here a bounded number is on trial at once, and the one that was longest gives way to a new one.
 */
final class GuardedServerSocket extends ServerSocket {

    private static final Logger log = LoggerFactory.getLogger(GuardedServerSocket.class);
    private static final int TRIALS = 64;
    private static final int BACKLOG = 200;
    private static final long PAUSE_AFTER_FAILURE = 20_000_000;

    private final GuardedSockets sockets;
    private final ThreadFactory threads;
    private final AtomicBoolean gateOpen = new AtomicBoolean();
    private final Semaphore trials = new Semaphore(TRIALS);
    private final ReentrantLock lock = new ReentrantLock();
    /** Those on trial, the longest first. Guarded by {@link #lock}. */
    private final Deque<GuardedSocket> tried = new ArrayDeque<>();
    /** Empty for the end. */
    private final BlockingQueue<Optional<GuardedSocket>> admitted = new LinkedBlockingQueue<>();

    GuardedServerSocket(GuardedSockets sockets) throws IOException {
        this(sockets, Thread::new);
    }

    GuardedServerSocket(GuardedSockets sockets, ThreadFactory threads) throws IOException {
        this.sockets = sockets;
        this.threads = threads;
    }

    @Override
    public void bind(SocketAddress endpoint) throws IOException {
        super.bind(endpoint, BACKLOG);
    }

    @Override
    public Socket accept() throws IOException {
        if (gateOpen.compareAndSet(false, true)) {
            thread("gate", this::takeConnections).start();
        }
        try {
            GuardedSocket next = isClosed() ? null : admitted.take().orElse(null);
            if (next != null) {
                return next;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new SocketException("The port for messages is closed");
    }

    @Override
    public void close() throws IOException {
        super.close();
        admitted.add(Optional.empty());
    }

    private void takeConnections() {
        while (!isClosed()) {
            try {
                takeConnection();
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                // An error too: without this thread nobody could connect to the node any more.
                if (!isClosed()) {
                    log.debug("A connection couldn't be taken", e);
                    LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
                }
            }
        }
    }

    private void takeConnection() throws IOException, InterruptedException {
        GuardedSocket socket = new GuardedSocket(sockets);
        try {
            implAccept(socket);
            makeRoom();
            beginTrial(socket);
        } catch (Throwable e) {
            sockets.end(socket);
            throw e;
        }
    }

    private void makeRoom() throws InterruptedException {
        if (trials.tryAcquire()) {
            return;
        }
        GuardedSocket longest;
        lock.lock();
        try {
            longest = tried.pollFirst();
        } finally {
            lock.unlock();
        }
        if (longest != null) {
            sockets.end(longest);
        }
        trials.acquire();
    }

    private void beginTrial(GuardedSocket socket) throws IOException {
        try {
            thread("trial", () -> judge(socket)).start();
        } catch (OutOfMemoryError e) {
            // Thrown on, it would end the gate: nobody could connect to this node any more.
            trials.release();
            throw new IOException("There is no thread to try a connection on", e);
        }
    }

    private void judge(GuardedSocket socket) {
        try {
            locked(() -> tried.addLast(socket));
            socket.admit();
            admitted.add(Optional.of(socket));
        } catch (IOException | RuntimeException e) {
            sockets.refused(socket, e);
            sockets.end(socket);
        } finally {
            locked(() -> tried.remove(socket));
            trials.release();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    private Thread thread(String what, Runnable work) {
        Thread thread = threads.newThread(work);
        thread.setName("hamster-cluster-" + what);
        thread.setDaemon(true);
        return thread;
    }
}
