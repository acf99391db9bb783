package io.hamster.testing.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between clients and a server on the loopback address and does to their connections what networks do: delays
 * either direction, in order, and cuts them. Thread-safe.
 */
public final class RedisProxy implements AutoCloseable {

    private static final int BUFFER = 16 * 1024;

    private final int target;
    private final ServerSocket entrance;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile long requestDelayNanos;
    private volatile long replyDelayNanos;
    private volatile boolean closed;

    private record Chunk(byte[] bytes, long arrived) {

        private static final Chunk END = new Chunk(new byte[0], 0);
    }

    /** Reads or sets one direction's delay at the time a chunk is due. */
    private interface Delay {
        long nanos();
    }

    public RedisProxy(int target) {
        this.target = target;
        try {
            entrance = new ServerSocket();
            entrance.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("accept", this::accept);
    }

    /** Where clients connect. */
    public int port() {
        return entrance.getLocalPort();
    }

    /** How long what clients send is kept back; holds for what is under way too. */
    public void delayRequests(Duration delay) {
        requestDelayNanos = delay.toNanos();
    }

    /** How long what the server answers is kept back; holds for what is under way too. */
    public void delayReplies(Duration delay) {
        replyDelayNanos = delay.toNanos();
    }

    /** Cuts every connection; new ones are taken. What is under way is lost. */
    public void cut() {
        open.forEach(this::end);
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = entrance.accept();
                open.add(client);
                Socket server = new Socket();
                open.add(server);
                try {
                    server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                    client.setTcpNoDelay(true);
                    server.setTcpNoDelay(true);
                } catch (IOException e) {
                    // The server is away: to the client, as if nobody listened.
                    end(client);
                    end(server);
                    continue;
                }
                pump(client, server, () -> requestDelayNanos);
                pump(server, client, () -> replyDelayNanos);
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void pump(Socket from, Socket to, Delay delay) {
        BlockingQueue<Chunk> under = new LinkedBlockingQueue<>();
        run("read", () -> {
            try {
                InputStream in = from.getInputStream();
                byte[] buffer = new byte[BUFFER];
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    under.add(new Chunk(Arrays.copyOf(buffer, length), System.nanoTime()));
                }
            } catch (IOException e) {
                // Cut, by this proxy or the other side; the writer passes it on.
            }
            under.add(Chunk.END);
        });
        run("write", () -> {
            try {
                OutputStream out = to.getOutputStream();
                for (Chunk chunk = under.take(); chunk != Chunk.END; chunk = under.take()) {
                    awaitDue(chunk, delay);
                    out.write(chunk.bytes());
                    out.flush();
                }
            } catch (IOException e) {
                // Cut; the reader's side is ended below.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            end(from);
            end(to);
        });
    }

    private static void awaitDue(Chunk chunk, Delay delay) {
        while (true) {
            long left = chunk.arrived() + delay.nanos() - System.nanoTime();
            if (left <= 0) {
                return;
            }
            // In steps, because a shorter delay counts at once.
            LockSupport.parkNanos(Math.min(left, 5_000_000));
        }
    }

    private static void run(String what, Runnable task) {
        Thread thread = new Thread(task, "redis-proxy-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    private void end(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            entrance.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
