package io.hamster.testing.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bad network in front of a server: holds, delays or cuts what goes through it, in either direction. Everything
 * passes until it is told otherwise. Thread-safe.
 */
public final class RedisProxy implements AutoCloseable {

    private static final int CHUNK = 8192;

    private volatile int target;
    private final ServerSocket listening;
    private volatile Gate requests = new Gate();
    private volatile Gate replies = new Gate();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    private RedisProxy(int target, ServerSocket listening) {
        this.target = target;
        this.listening = listening;
    }

    /**
     * Starts a proxy.
     *
     * @param target the server's port on 127.0.0.1
     * @return the proxy, listening on a port of its own
     */
    public static RedisProxy to(int target) {
        try {
            RedisProxy proxy = new RedisProxy(target, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where it listens.
     *
     * @return a port on 127.0.0.1
     */
    public int port() {
        return listening.getLocalPort();
    }

    /** Keeps requests from the server until they are let pass; connections stay open. */
    public void holdRequests() {
        requests.close();
    }

    /** Sends the server what was held and what comes. */
    public void passRequests() {
        requests.open();
    }

    /**
     * Breaks the connections towards the client alone. What was held on them is still on its way; what comes on new
     * connections passes.
     *
     * @return lets what was held on them arrive
     */
    public Runnable strand() {
        Gate held = requests;
        requests = new Gate();
        clients.forEach(RedisProxy::close);
        return held::open;
    }

    /**
     * Keeps replies on the connections that there are from the client for ever, as if their far ends were gone without a
     * word; new connections work.
     */
    public void freezeReplies() {
        replies.close();
        replies = new Gate();
    }

    /** Keeps replies from the client until they are let pass; the server works on. */
    public void holdReplies() {
        replies.close();
    }

    /** Sends the client what was held and what comes. */
    public void passReplies() {
        replies.open();
    }

    /** Whether a reply is being held. */
    public boolean holdsReply() {
        return replies.isWaitedFor();
    }

    /** Whether a request is being held. */
    public boolean holdsRequest() {
        return requests.isWaitedFor();
    }

    /** Sends the client one of the replies that are held, and holds those that come. */
    public void passReply() {
        replies.openForOne();
    }

    /**
     * Lets replies arrive later than they were sent.
     *
     * @param delay by how much; zero for not at all
     */
    public void delayReplies(Duration delay) {
        replies.delay(delay);
    }

    /** Lets requests arrive later than they were sent. */
    public void delayRequests(Duration delay) {
        requests.delay(delay);
    }

    /** Breaks every connection; what was held on them is lost. New ones are accepted. */
    public void cut() {
        sockets.forEach(RedisProxy::close);
        sockets.clear();
    }

    /**
     * Leads new connections to another server.
     *
     * @param port its port on 127.0.0.1
     */
    public void redirect(int port) {
        target = port;
    }

    /**
     * Whether new connections are broken at once, while those that there are stay.
     *
     * @param value {@code false} to accept them again
     */
    public void refuseNew(boolean value) {
        refusing = value;
    }

    /**
     * Whether new connections are broken at once, as by a server that is down.
     *
     * @param value {@code false} to accept them again
     */
    public void refuse(boolean value) {
        refusing = value;
        if (value) {
            cut();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (refusing) {
                    close(client);
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // Closed, or the server is down: the client sees its connection broken.
                continue;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        sockets.add(client);
        clients.add(client);
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Gate there = requests;
            Gate back = replies;
            start(() -> pump(client, server, there));
            start(() -> pump(server, client, back));
        } catch (IOException e) {
            close(client);
            throw e;
        }
    }

    private void pump(Socket from, Socket to, Gate gate) {
        byte[] chunk = new byte[CHUNK];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                gate.pass();
                out.write(chunk, 0, read);
            }
        } catch (IOException e) {
            // One side is gone: the other is told by closing.
            close(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sockets.remove(from);
        clients.remove(from);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "redis-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        close(listening);
        cut();
        requests.open();
        replies.open();
    }

    private static final class Gate {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private boolean closed;
        private int waiting;
        private int passes;
        private long delayNanos;

        private void pass() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long until = System.nanoTime() + delayNanos;
                waiting++;
                while (closed && passes == 0) {
                    changed.await();
                }
                waiting--;
                passes = closed ? passes - 1 : 0;
                for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                    changed.await(left, TimeUnit.NANOSECONDS);
                }
            } finally {
                lock.unlock();
            }
        }

        private void close() {
            set(true, delayNanos);
        }

        private void open() {
            set(false, delayNanos);
        }

        private boolean isWaitedFor() {
            lock.lock();
            try {
                return waiting > passes;
            } finally {
                lock.unlock();
            }
        }

        private void openForOne() {
            lock.lock();
            try {
                passes++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void delay(Duration delay) {
            set(closed, delay.toNanos());
        }

        private void set(boolean nowClosed, long nowDelayed) {
            lock.lock();
            try {
                closed = nowClosed;
                delayNanos = nowDelayed;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
