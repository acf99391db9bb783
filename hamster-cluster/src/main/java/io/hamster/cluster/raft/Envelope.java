package io.hamster.cluster.raft;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A message on its way: topic, kind and number before the body.
 *
 * @param topic what it is about
 * @param kind what is expected of the receiver
 * @param id the request's number with its sender; 0 for what is told
 * @param body what was handed over
 */
record Envelope(Topic topic, Kind kind, long id, byte[] body) {

    static final int OVERHEAD = 2 + Long.BYTES;

    private static final Topic[] TOPICS = Topic.values();
    private static final Kind[] KINDS = Kind.values();

    /** What a message is; its ordinal is the second byte. */
    enum Kind {
        TELL,
        REQUEST,
        ANSWER
    }

    byte[] encode() {
        return ByteBuffer.allocate(OVERHEAD + body.length)
                .put((byte) topic.ordinal())
                .put((byte) kind.ordinal())
                .putLong(id)
                .put(body)
                .array();
    }

    /** Reads a message; empty if it can't be one. */
    static Optional<Envelope> decode(byte[] array, int offset, int length) {
        if (length < OVERHEAD) {
            return Optional.empty();
        }
        int topic = array[offset];
        int kind = array[offset + 1];
        if (topic < 0 || topic >= TOPICS.length || kind < 0 || kind >= KINDS.length) {
            return Optional.empty();
        }
        long id = ByteBuffer.wrap(array, offset + 2, Long.BYTES).getLong();
        byte[] body = Arrays.copyOfRange(array, offset + OVERHEAD, offset + length);
        return Optional.of(new Envelope(TOPICS[topic], KINDS[kind], id, body));
    }
}
