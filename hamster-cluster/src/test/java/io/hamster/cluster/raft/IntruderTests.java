package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.Node;
import io.hamster.testing.FreePorts;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.CompositeMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.Version;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.protocols.TP;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever speaks to the port without being a node, where no certificate keeps them out. */
class IntruderTests {

    private final Messengers all = new Messengers();
    private final List<Node> nodes = Messengers.nodes(2);
    private List<JGroupsMessenger> members = List.of();

    @BeforeEach
    void start() {
        members = all.start(nodes);
        members.get(1).handle(Topic.GROUP, (from, message) -> CompletableFuture.completedFuture(message));
    }

    @AfterEach
    void close() {
        all.close();
    }

    @Test
    void refusesRandomBytes() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            send(bytes);
        }

        assertTalking();
    }

    @Test
    void refusesFramesOfImpossibleLengths() throws IOException {
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 1, JGroupsStack.MAX_MESSAGE * 2}) {
            assertThat(isClosed(frame(length, new byte[100]))).isTrue();
        }

        assertTalking();
    }

    @Test
    void refusesRandomFrames() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[3 + random.nextInt(300)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (Version.version >>> 8);
            bytes[1] = (byte) Version.version;
            bytes[2] = (byte) random.nextInt(4);
            send(frame(bytes.length, bytes));
        }

        assertTalking();
    }

    @Test
    void refusesAPayloadThatIsLongerThanItsFrame() throws IOException {
        ByteArrayDataOutputStream out = new ByteArrayDataOutputStream();
        out.writeShort(Version.version);
        out.writeByte(0);
        out.writeShort(Message.BYTES_MSG);
        Message empty = new EmptyMessage(address(nodes.get(0))).setSrc(address(nodes.get(1)));
        empty.writeTo(out);
        out.writeInt(Integer.MAX_VALUE);

        assertThat(isClosed(frame(out.position(), out.buffer()))).isTrue();
        assertTalking();
    }

    @Test
    void makesNoObjectOfWhatItReads() throws IOException {
        Address to = address(nodes.get(0));
        Message object = new ObjectMessage(to, new Trap());
        Message bytes = new BytesMessage(to, new byte[] {1}).setFlag(Message.Flag.SERIALIZED);
        Message nested = new CompositeMessage(to, object);
        for (Message message : List.of(object, bytes, nested)) {
            message.setSrc(address(nodes.get(1)));
            ByteArrayDataOutputStream out = new ByteArrayDataOutputStream();
            out.writeShort(Version.version);
            out.writeByte(0);
            out.writeShort(message.getType());
            message.writeTo(out);

            assertThat(isClosed(frame(out.position(), out.buffer()))).isTrue();
        }
        ByteArrayDataOutputStream list = new ByteArrayDataOutputStream();
        list.writeShort(Version.version);
        list.writeByte(TP.LIST);
        Util.writeAddress(to, list);
        Util.writeAddress(address(nodes.get(1)), list);
        list.writeShort(-1);
        list.writeInt(1);
        list.writeShort(Message.OBJ_MSG);
        object.writeTo(list);
        assertThat(isClosed(frame(list.position(), list.buffer()))).isTrue();

        assertThat(Trap.SPRUNG).hasValue(0);
        assertTalking();
    }

    private void assertTalking() {
        for (int i = 0; i < 20; i++) {
            assertThat(members.get(0)
                            .request("node2", Topic.GROUP, new byte[] {1}, Messengers.PATIENCE)
                            .toCompletableFuture())
                    .succeedsWithin(Messengers.PATIENCE);
        }
        assertThat(members)
                .allSatisfy(member -> assertThat(all.members(member).alive()).hasSize(2));
    }

    /** A connection that begins as a node's does, from an address where none listens, with one frame. */
    private static byte[] frame(int length, byte[] content) throws IOException {
        ByteArrayDataOutputStream out = new ByteArrayDataOutputStream();
        IpAddress from = new IpAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
        out.write(Connection.cookie);
        out.writeShort(Version.version);
        out.writeShort(from.serializedSize());
        from.writeTo(out);
        out.writeInt(length);
        out.write(content, 0, length < 0 || length > content.length ? content.length : length);
        return Arrays.copyOf(out.buffer(), out.position());
    }

    private void send(byte[] bytes) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), nodes.get(0).port())) {
            new DataOutputStream(socket.getOutputStream()).write(bytes);
        }
    }

    /** Whether the node ends the connection after these bytes, which the sender leaves open. */
    private boolean isClosed(byte[] bytes) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), nodes.get(0).port())) {
            socket.setSoTimeout((int) Messengers.PATIENCE.toMillis());
            new ByteArrayInputStream(bytes).transferTo(socket.getOutputStream());
            return socket.getInputStream().readAllBytes().length >= 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static Address address(Node node) {
        return NodeAddress.of(node);
    }

    /** Notices when it is made of bytes. */
    private static final class Trap implements Serializable {

        private static final AtomicInteger SPRUNG = new AtomicInteger();

        @Serial
        private static final long serialVersionUID = 1;

        @Serial
        private Object readResolve() {
            SPRUNG.incrementAndGet();
            return this;
        }
    }
}
