package io.hamster.benchmarks.cluster;

import io.hamster.cluster.raft.RaftMember;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.blocks.MessageDispatcher;
import org.jgroups.blocks.RequestOptions;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;

/** JGroups' own calls, on the protocols that Hamster uses: bytes there and back, with nothing made of them. */
final class BareJGroups implements AutoCloseable {

    private static final byte[] ARGUMENT = new byte[100];
    private static final long TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(3);

    private final JChannel channel;
    private final MessageDispatcher dispatcher;

    BareJGroups(String name, List<RaftMember> members) throws Exception {
        int port = members.stream()
                .filter(member -> member.node().name().equals(name))
                .findFirst()
                .orElseThrow()
                .node()
                .port();
        TCP tcp = new TCP();
        tcp.setBindAddress(InetAddress.getByName(Group.HOST));
        tcp.setBindPort(port);
        tcp.setPortRange(0);
        tcp.tcpNodelay(true);
        tcp.useVirtualThreads(false);
        tcp.getThreadPool().setMinThreads(0).setMaxThreads(64);
        List<InetSocketAddress> hosts = members.stream()
                .map(member -> new InetSocketAddress(Group.HOST, member.node().port()))
                .toList();
        channel = new JChannel(List.<Protocol>of(
                tcp,
                new TCPPING().setInitialHosts(hosts).setPortRange(0),
                new MERGE3().setMinInterval(1000).setMaxInterval(3000),
                new FD_ALL3().setInterval(1000).setTimeout(7500),
                new VERIFY_SUSPECT2().setTimeout(500),
                new NAKACK2(),
                new UNICAST3(),
                new STABLE(),
                new GMS().setJoinTimeout(500).printLocalAddress(false),
                new MFC().setMaxCredits(8L << 20)));
        channel.setName(name);
        dispatcher = new MessageDispatcher(channel, Message::getPayload);
        channel.connect("bare");
    }

    int alive() {
        return channel.getView().size();
    }

    void call(String node) throws Exception {
        Address to = channel.getView().getMembers().stream()
                .filter(member -> member.toString().equals(node))
                .findFirst()
                .orElseThrow();
        byte[] answer = dispatcher.sendMessage(
                new BytesMessage(to, ARGUMENT),
                RequestOptions.SYNC().flags(Message.Flag.OOB).timeout(TIMEOUT_MILLIS));
        if (answer.length != ARGUMENT.length) {
            throw new IllegalStateException("The answer has " + answer.length + " bytes");
        }
    }

    @Override
    public void close() throws IOException {
        dispatcher.close();
        channel.close();
    }
}
