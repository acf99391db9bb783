package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Keeps the identity in one small file, replaced as a whole and durable once {@link #write} returns. */
final class IdentityFile {

    private static final int MAGIC = 0x4861_6d49;
    private static final byte VERSION = 1;
    private static final int MAX_BYTES = 1 << 16;

    private final Path directory;
    private final Path file;

    IdentityFile(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("identity");
    }

    Optional<Identity> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("it has " + Files.size(file) + " bytes");
            }
            return Optional.of(decode(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new ClusterConfigurationException("The identity in " + file + " can't be read (" + e.getMessage()
                    + "); without it this node can't tell whether it has voted. Empty the directory " + directory
                    + " to let it rejoin as a new member");
        }
    }

    void write(Identity identity) {
        Path fresh = directory.resolve("identity.new");
        try {
            try (FileChannel channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(encode(identity));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new ClusterConfigurationException("The identity can't be written to " + file + " (" + e
                    + "); give a directory that this process may write to");
        }
    }

    private static byte[] encode(Identity identity) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(MAGIC);
        out.writeByte(VERSION);
        out.writeUTF(identity.name());
        out.writeUTF(identity.incarnation());
        UUID group = identity.group();
        out.writeUTF(group == null ? "" : group.toString());
        out.writeBoolean(identity.started());
        out.writeShort(identity.founders().size());
        for (Peer founder : identity.founders()) {
            out.writeUTF(founder.id());
            out.writeUTF(founder.address());
        }
        out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static Identity decode(byte[] bytes) throws IOException {
        int length = bytes.length - Integer.BYTES;
        if (length < 0 || ByteBuffer.wrap(bytes).getInt(length) != checksum(bytes, length)) {
            throw new IOException("its checksum doesn't match");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
        if (in.readInt() != MAGIC || in.readByte() != VERSION) {
            throw new IOException("it is of another version");
        }
        String name = in.readUTF();
        String incarnation = in.readUTF();
        String group = in.readUTF();
        boolean started = in.readBoolean();
        List<Peer> founders = new ArrayList<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            founders.add(new Peer(in.readUTF(), in.readUTF()));
        }
        return new Identity(name, incarnation, group.isEmpty() ? null : UUID.fromString(group), founders, started);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
