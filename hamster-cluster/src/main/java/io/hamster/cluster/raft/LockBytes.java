package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What the byte forms of commands, answers, offers and snapshots have in common. */
final class LockBytes {

    private LockBytes() {}

    @FunctionalInterface
    interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }

    static byte[] write(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            body.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static void writeToken(DataOutput out, LockToken token) throws IOException {
        out.writeUTF(token.client());
        out.writeLong(token.sequence());
    }

    static LockToken readToken(DataInput in) throws IOException {
        return new LockToken(in.readUTF(), in.readLong());
    }

    /** Reads how many items follow. The number is the sender's word: what it says must be there at least. */
    static int readCount(DataInputStream in, int bytesEach) throws IOException {
        int count = in.readInt();
        if (count < 0 || (long) count * bytesEach > in.available()) {
            throw new IOException(count + " items are announced, " + in.available() + " bytes are there");
        }
        return count;
    }

    static void requireEnd(DataInputStream in) throws IOException {
        if (in.available() > 0) {
            throw new IOException(in.available() + " bytes too many");
        }
    }
}
