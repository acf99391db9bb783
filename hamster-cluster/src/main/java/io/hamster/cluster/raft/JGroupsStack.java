package io.hamster.cluster.raft;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;
import org.jgroups.util.SocketFactory;

/**
 * The protocols, bottom up. Two that are usual are missing on purpose: a failure detector with sockets would open another
 * port, without TLS, where a closed connection tells as much; and fragmentation, which TCP doesn't need, would read any
 * kind of message.
 */
final class JGroupsStack {

    /** The largest message, which leaves room for the largest argument of a remote call. */
    static final int MAX_MESSAGE = 65 << 20;
    /** What is told to all and not yet received by each may be as much; whatever is more is dropped. */
    static final long MAX_TOLD = 8L << 20;

    private static final int MAX_BUNDLE = 128 << 10;
    private static final int MAX_THREADS = 64;
    private static final int CONNECT_MILLIS = 300;
    private static final int JOIN_ATTEMPTS = 6;

    private JGroupsStack() {}

    /**
     * Makes a channel, which is yet to be connected.
     *
     * @param timeout how long a silent member counts as alive
     * @param allowed the names of the nodes that may take part, or none if every node may
     */
    static JChannel channel(
            InetAddress host, int port, Duration timeout, Finder finder, Set<String> allowed, SocketFactory sockets)
            throws Exception {
        long millis = timeout.toMillis();
        // Verification takes up to twice its time, and both have to be over before the timeout.
        long verification = Math.max(100, Math.min(500, millis / 10));
        long heartbeat = Math.min(2000, millis / 10);
        GMS membership = new GMS();
        membership.setJoinTimeout(Math.min(500, millis / 2));
        membership.setMaxJoinAttempts(JOIN_ATTEMPTS);
        membership.setLeaveTimeout(500);
        membership.setViewAckCollectionTimeout(Math.min(2000, millis / 2));
        membership.printLocalAddress(false);
        MFC flow = new MFC();
        flow.setMaxCredits(MAX_TOLD);
        return new JChannel(List.<Protocol>of(
                transport(host, port, sockets),
                new Doorkeeper(allowed),
                finder.protocol(),
                new MERGE3().setMinInterval(Math.min(1000, millis / 4)).setMaxInterval(Math.min(3000, millis)),
                new FD_ALL3().setInterval(heartbeat).setTimeout(millis - heartbeat - 3 * verification),
                new VERIFY_SUSPECT2().setTimeout(verification),
                new NAKACK2(),
                new UNICAST3(),
                new STABLE(),
                membership,
                flow));
    }

    private static TCP transport(InetAddress host, int port, SocketFactory sockets) {
        GuardedTcp tcp = new GuardedTcp(MAX_MESSAGE + MAX_BUNDLE);
        tcp.setBindAddress(host);
        tcp.setBindPort(port);
        tcp.setPortRange(0);
        tcp.setSocketFactory(sockets);
        tcp.setSockConnTimeout(CONNECT_MILLIS);
        tcp.tcpNodelay(true);
        tcp.enableSuspectEvents(true);
        tcp.logDetails(false);
        tcp.logDiscardMsgs(false);
        tcp.logDiscardMsgsVersion(false);
        tcp.useVirtualThreads(false);
        tcp.getThreadPool().setMinThreads(0).setMaxThreads(MAX_THREADS);
        return tcp;
    }
}
