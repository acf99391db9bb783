package io.hamster.benchmarks.cluster;

import io.hamster.cluster.raft.RaftMember;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Ratis with a state that counts, and the elections, log and limits that Hamster gives it. */
final class BareRatis implements AutoCloseable {

    /** As long as the entries of a lock. */
    static final int BYTES = 100;

    private static final int MAX_PENDING = 4096;

    private final RaftPeerId self;
    private final RaftGroup group;
    private final RaftServer server;
    private final RaftClient client;
    private final ClientId submitter = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final Message message = Message.valueOf(ByteString.copyFrom(new byte[BYTES]));

    BareRatis(String name, List<RaftMember> members, Path directory) throws IOException {
        self = RaftPeerId.valueOf(name);
        group = RaftGroup.valueOf(
                RaftGroupId.valueOf(UUID.nameUUIDFromBytes("bare".getBytes(StandardCharsets.UTF_8))),
                members.stream().map(BareRatis::peer).toList());
        int port = members.stream()
                .filter(member -> member.node().name().equals(name))
                .findFirst()
                .orElseThrow()
                .raftPort();
        RaftProperties properties = properties(port, directory);
        server = RaftServer.newBuilder()
                .setServerId(self)
                .setGroup(group)
                .setStateMachine(new Counter())
                .setProperties(properties)
                .build();
        server.start();
        client = RaftClient.newBuilder()
                .setRaftGroup(group)
                .setLeaderId(self)
                .setProperties(properties)
                .build();
    }

    private static final class Counter extends BaseStateMachine {

        private long count;

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
            var entry = transaction.getLogEntry();
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            return CompletableFuture.completedFuture(Message.valueOf(Long.toString(++count)));
        }
    }

    private static RaftPeer peer(RaftMember member) {
        return RaftPeer.newBuilder()
                .setId(member.node().name())
                .setAddress(Group.HOST + ":" + member.raftPort())
                .build();
    }

    private static RaftProperties properties(int port, Path directory) {
        RaftProperties properties = new RaftProperties();
        GrpcConfigKeys.Server.setHost(properties, Group.HOST);
        GrpcConfigKeys.Server.setPort(properties, port);
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("16MB"));
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        TimeDuration min = TimeDuration.valueOf(300, TimeUnit.MILLISECONDS);
        TimeDuration max = TimeDuration.valueOf(600, TimeUnit.MILLISECONDS);
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, max);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Write.setElementLimit(properties, MAX_PENDING);
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        return properties;
    }

    String leader() throws IOException {
        RaftPeerId leader = server.getDivision(group.getGroupId()).getInfo().getLeaderId();
        return leader == null ? "none" : leader.toString();
    }

    /** As an application does it. */
    void send() throws IOException {
        require(client.io().send(message));
    }

    /** As only the server's own process can. */
    void submit() throws IOException {
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(submitter)
                .setServerId(self)
                .setGroupId(group.getGroupId())
                .setCallId(calls.incrementAndGet())
                .setMessage(message)
                .setType(RaftClientRequest.writeRequestType())
                .build();
        require(server.submitClientRequestAsync(request).join());
    }

    private static void require(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new IllegalStateException("Ratis refused an entry", reply.getException());
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
