package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;

/**
 * A free lock is kept for a waiter for a moment. As a message it is version, index, key, client, sequence.
 *
 * @param session the waiter's process; not part of the message
 * @param node the name of its node; not part of the message
 * @param index the index of the entry that made the offer: no token gets two with one index
 * @param key the lock's key
 * @param token the waiter
 */
record Offer(long session, String node, long index, String key, LockToken token) {

    private static final byte VERSION = 1;

    byte[] toMessage() {
        return LockBytes.write(out -> {
            out.writeByte(VERSION);
            out.writeLong(index);
            out.writeUTF(key);
            LockBytes.writeToken(out, token);
        });
    }

    /** Reads a message to a node, for whichever of its processes lives. */
    static Offer fromMessage(byte[] message, String node) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IOException("an offer of version " + version + "; this node speaks " + VERSION);
            }
            Offer offer = new Offer(0, node, in.readLong(), in.readUTF(), LockBytes.readToken(in));
            LockBytes.requireEnd(in);
            return offer;
        }
    }
}
