package io.hamster.cluster.raft;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;
import org.jgroups.blocks.cs.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A connection between nodes: TCP, with TLS above it where that is configured. Whatever may have to wait for the other
 * side, but for reading, is over by a deadline or ends the connection: the handshake, so that nobody who is silent keeps
 * others waiting; and writing, so that a node that is paused doesn't hold up what is meant for the others.
 */
final class GuardedSocket extends Socket {

    /** What JGroups begins a connection with: a cookie, its version, and the length of the address that follows. */
    private static final int PREAMBLE = 8;

    private final GuardedSockets sockets;
    private volatile @Nullable InputStream in;
    private volatile @Nullable OutputStream out;
    private volatile long since;
    private volatile long allowance;

    GuardedSocket(GuardedSockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        super.connect(endpoint, timeout);
        begin(sockets.patience());
        sockets.add(this);
        try {
            secure(true);
        } catch (IOException e) {
            close();
            throw e;
        }
        end();
    }

    /** Finds out whether the other side of an accepted connection is a node; nothing of the connection is read after that. */
    void admit() throws IOException {
        begin(GuardedSockets.HANDSHAKE);
        sockets.add(this);
        secure(false);
        InputStream secured = getInputStream();
        byte[] preamble = secured.readNBytes(PREAMBLE);
        if (preamble.length < PREAMBLE || !Arrays.equals(preamble, 0, 4, Connection.cookie, 0, 4)) {
            throw new IOException("it didn't begin like a node");
        }
        int length = (preamble[6] & 0xff) << 8 | preamble[7] & 0xff;
        byte[] address = secured.readNBytes(Math.min(length, GuardedSockets.MAX_ADDRESS));
        in = new SequenceInputStream(
                new SequenceInputStream(new ByteArrayInputStream(preamble), new ByteArrayInputStream(address)),
                secured);
        end();
    }

    private void secure(boolean client) throws IOException {
        SSLSocket secured = sockets.secured(this, client);
        if (secured != null) {
            secured.startHandshake();
            in = secured.getInputStream();
        }
        out = new Bounded(secured == null ? super.getOutputStream() : secured.getOutputStream());
    }

    private void begin(long nanos) {
        since = System.nanoTime();
        allowance = nanos;
    }

    private void end() {
        allowance = 0;
    }

    /** Whether what it is doing has taken too long. */
    boolean isStuck(long now) {
        long allowed = allowance;
        return allowed > 0 && now - since >= allowed;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream secured = in;
        return secured == null ? super.getInputStream() : secured;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        OutputStream secured = out;
        return secured == null ? super.getOutputStream() : secured;
    }

    /** Closes at once; TLS would want to say good-bye first, which may wait. */
    @Override
    public void close() throws IOException {
        sockets.remove(this);
        super.close();
    }

    private final class Bounded extends OutputStream {

        private final OutputStream to;

        private Bounded(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            begin(sockets.patience());
            try {
                to.write(bytes, offset, length);
            } finally {
                end();
            }
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }
    }
}
