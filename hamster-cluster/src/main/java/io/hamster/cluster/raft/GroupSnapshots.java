package io.hamster.cluster.raft;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.ratis.util.AtomicFileOutputStream;

/**
 * The state as a file: magic, version, table time, each part after its number, end mark, SHA-256 of all that. A file
 * appears under its name once it is whole.
 */
final class GroupSnapshots {

    private static final int MAGIC = 0x4861_6d53;
    private static final byte VERSION = 1;
    private static final int END = -1;
    private static final int DIGEST_BYTES = 32;

    private final Map<GroupLog.Part, ReplicatedPart> parts;
    private final TableTime time;

    GroupSnapshots(Map<GroupLog.Part, ReplicatedPart> parts, TableTime time) {
        // In the enum's order, so that equal states have equal files on all nodes.
        this.parts = new EnumMap<>(parts);
        this.time = time;
    }

    void write(Path file) throws IOException {
        try (AtomicFileOutputStream atomic = new AtomicFileOutputStream(file.toFile())) {
            try {
                OutputStream buffered = new BufferedOutputStream(atomic, 1 << 16);
                DigestOutputStream digested = new DigestOutputStream(buffered, sha256());
                DataOutputStream out = new DataOutputStream(digested);
                out.writeInt(MAGIC);
                out.writeByte(VERSION);
                out.writeLong(time.applied());
                for (Map.Entry<GroupLog.Part, ReplicatedPart> part : parts.entrySet()) {
                    out.writeByte(part.getKey().ordinal());
                    part.getValue().writeTo(out);
                }
                out.writeByte(END);
                out.flush();
                buffered.write(digested.getMessageDigest().digest());
                buffered.flush();
            } catch (IOException | RuntimeException | Error e) {
                // Also for want of memory: the close would take what there is for the whole.
                atomic.abort();
                throw e;
            }
        }
    }

    /** Replaces the state by a file's; the file is known to be whole before anything is replaced. */
    void read(Path file) throws IOException {
        verify(file);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            if (in.readInt() != MAGIC || in.readByte() != VERSION) {
                throw new UnknownFormatException("Snapshot " + file
                        + " is none, or one of another release of Hamster; this one reads version " + VERSION);
            }
            reset();
            time.restore(in.readLong());
            for (int number = in.readByte(); number != END; number = in.readByte()) {
                part(number, file).readFrom(in);
            }
        }
    }

    void reset() {
        time.restore(0);
        parts.values().forEach(ReplicatedPart::reset);
    }

    private ReplicatedPart part(int number, Path file) throws IOException {
        GroupLog.Part[] known = GroupLog.Part.values();
        ReplicatedPart part = number >= 0 && number < known.length ? parts.get(known[number]) : null;
        if (part == null) {
            throw new UnknownFormatException("Snapshot " + file + " has a part " + number
                    + " that this node doesn't know; run the same release of Hamster on all nodes");
        }
        return part;
    }

    private static void verify(Path file) throws IOException {
        long length = Files.size(file) - DIGEST_BYTES;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            DigestInputStream digested = new DigestInputStream(in, sha256());
            byte[] buffer = new byte[1 << 16];
            for (long left = length; left > 0; ) {
                int read = digested.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    break;
                }
                left -= read;
            }
            byte[] expected = in.readNBytes(DIGEST_BYTES);
            if (length < 0
                    || !MessageDigest.isEqual(
                            expected, digested.getMessageDigest().digest())) {
                throw new SnapshotDamagedException(file);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** A snapshot isn't what was written. */
    static final class SnapshotDamagedException extends IOException {

        SnapshotDamagedException(Path file) {
            super("Snapshot " + file + " doesn't match its digest");
        }
    }
}
