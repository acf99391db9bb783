package io.hamster.spring.redis;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * A message between two processes, as it is published after the time of its sending.
 *
 * <pre>
 * version, kind, id, name of the sender, its token, patience in ms, payload
 * </pre>
 *
 * @param answer whether it answers the request with this id
 * @param id of the request, unlike any other
 * @param from the sender's name
 * @param token of the sending process, where the answer goes
 * @param patienceMillis how long the asker waits for an answer
 * @param payload opaque here
 */
record Envelope(boolean answer, long id, String from, String token, long patienceMillis, byte[] payload) {

    private static final byte VERSION = 1;
    private static final byte REQUEST = 1;
    private static final byte ANSWER = 2;

    String encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + 128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeByte(answer ? ANSWER : REQUEST);
            out.writeLong(id);
            out.writeUTF(from);
            out.writeUTF(token);
            out.writeLong(patienceMillis);
            out.writeInt(payload.length);
            out.write(payload);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory takes everything", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Reads a message from anybody who may publish; fails with {@link IOException} if it isn't one of this version. */
    static Envelope decode(String text) throws IOException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("not Base64", e);
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IOException("version " + version + "; this node reads " + VERSION);
            }
            byte kind = in.readByte();
            if (kind != REQUEST && kind != ANSWER) {
                throw new IOException("unknown kind " + kind);
            }
            long id = in.readLong();
            String from = in.readUTF();
            String token = in.readUTF();
            long patience = in.readLong();
            int length = in.readInt();
            if (length != in.available()) {
                throw new IOException(in.available() + " bytes instead of " + length);
            }
            return new Envelope(kind == ANSWER, id, from, token, patience, in.readAllBytes());
        }
    }
}
