package io.hamster.hash.health;

import io.hamster.hash.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Takes a peer as alive when its address accepts a TCP connection, which is closed at once. */
public final class TcpPeerHealthChecker implements PeerHealthChecker {

    /** Creates the checker. */
    public TcpPeerHealthChecker() {}

    /**
     * Connects.
     *
     * @param peer a peer whose address is {@code host:port}, {@code [IPv6]:port} or a URL
     * @param timeout how long to wait for the connection, apart from the name's resolution
     * @return true
     * @throws IOException if nobody accepts
     * @throws IllegalArgumentException if the address has another form
     */
    @Override
    public boolean isAlive(Peer peer, Duration timeout) throws IOException {
        HostPort target = HostPort.of(peer);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.host(), target.port()), millis(timeout));
        }
        return true;
    }

    /** At least one, as zero would mean no limit. */
    private static int millis(Duration timeout) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
    }
}
