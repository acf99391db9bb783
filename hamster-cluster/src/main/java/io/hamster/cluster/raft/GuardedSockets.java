package io.hamster.cluster.raft;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jgroups.util.DefaultSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the sockets between nodes and closes those that are stuck. */
final class GuardedSockets extends DefaultSocketFactory implements AutoCloseable {

    /** How long those who connect may take to prove themselves. */
    static final long HANDSHAKE = Duration.ofSeconds(2).toNanos();

    /** More than the address that JGroups' connections begin with. */
    static final int MAX_ADDRESS = 64;

    private static final Logger log = LoggerFactory.getLogger(GuardedSockets.class);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final long MIN_PATIENCE = Duration.ofMillis(200).toNanos();
    private static final long MAX_PATIENCE = Duration.ofSeconds(2).toNanos();
    private static final long WATCH_MILLIS = 100;

    private final @Nullable SSLContext tls;
    private final ScheduledExecutorService scheduler;
    private final long patience;
    private final Set<GuardedSocket> open = ConcurrentHashMap.newKeySet();
    private final Sometimes refusals = new Sometimes(log);
    private volatile @Nullable Future<?> watch;
    private volatile boolean closed;

    /**
     * Makes a factory; {@link #start} begins to watch.
     *
     * @param timeout how long a silent member counts as alive. Writing to a node, or greeting it, may take a part of
     *     it: one thread writes heartbeats to all, one after the other
     */
    GuardedSockets(Optional<ClusterTls> tls, Duration timeout, ScheduledExecutorService scheduler) {
        this.tls = tls.map(GuardedSockets::context).orElse(null);
        this.scheduler = scheduler;
        this.patience = Math.max(MIN_PATIENCE, Math.min(MAX_PATIENCE, timeout.toNanos() / 4));
    }

    private static SSLContext context(ClusterTls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {tls.keys()}, new TrustManager[] {tls.trust()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The JDK can't do TLS with the given key and trust managers", e);
        }
    }

    void start() {
        watch = scheduler.scheduleWithFixedDelay(this::closeStuck, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends every connection, also those that begin meanwhile. */
    @Override
    public void close() {
        closed = true;
        Future<?> running = watch;
        if (running != null) {
            running.cancel(false);
        }
        open.forEach(this::end);
    }

    private void closeStuck() {
        try {
            long now = System.nanoTime();
            for (GuardedSocket socket : open) {
                if (socket.isStuck(now)) {
                    log.debug("The connection with {} is stuck and closed", socket.getRemoteSocketAddress());
                    end(socket);
                }
            }
        } catch (Throwable e) {
            // Thrown on, it would end the watch for good.
            log.warn("Stuck connections couldn't be closed for now", e);
        }
    }

    /** Closes a connection, whatever it is doing. */
    void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("A connection failed while it was closed", e);
        }
    }

    void refused(GuardedSocket socket, Exception why) {
        if (closed) {
            return;
        }
        refusals.warn("A connection from " + socket.getRemoteSocketAddress() + " was refused: " + why.getMessage());
    }

    /** TLS above a connection, yet without a handshake; {@code null} where none is configured. */
    @Nullable
    SSLSocket secured(GuardedSocket socket, boolean client) throws IOException {
        SSLContext context = tls;
        if (context == null) {
            return null;
        }
        String host = socket.getInetAddress().getHostAddress();
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), false);
        secured.setUseClientMode(client);
        secured.setEnabledProtocols(PROTOCOLS);
        if (!client) {
            secured.setNeedClientAuth(true);
        }
        return secured;
    }

    long patience() {
        return patience;
    }

    /** Watches a connection from now on. */
    void add(GuardedSocket socket) throws SocketException {
        open.add(socket);
        if (closed) {
            // Nobody would watch it, nor end it.
            end(socket);
            throw new SocketException("This node takes no part any more");
        }
    }

    void remove(GuardedSocket socket) {
        open.remove(socket);
    }

    @Override
    public Socket createSocket(String service) {
        return new GuardedSocket(this);
    }

    @Override
    public ServerSocket createServerSocket(String service) throws IOException {
        return new GuardedServerSocket(this);
    }
}
