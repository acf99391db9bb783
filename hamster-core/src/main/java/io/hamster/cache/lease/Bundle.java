package io.hamster.cache.lease;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Several messages as one: a mark, which no single message has, and each one's length and bytes. */
final class Bundle {

    /** In the place of a single message's version. */
    private static final byte MARK = 0;

    private Bundle() {}

    /** Puts messages together, unless it is only one. */
    static byte[] of(List<byte[]> messages) {
        if (messages.size() == 1) {
            return messages.get(0);
        }
        int size = messages.stream()
                .mapToInt(message -> Integer.BYTES + message.length)
                .sum();
        ByteBuffer bundle = ByteBuffer.allocate(1 + size).put(MARK);
        messages.forEach(message -> bundle.putInt(message.length).put(message));
        return bundle.array();
    }

    /** The messages that came together, or the only one; empty if they can't be told apart. */
    static Optional<List<byte[]>> parts(byte[] message) {
        if (message.length == 0 || message[0] != MARK) {
            return Optional.of(List.of(message));
        }
        List<byte[]> parts = new ArrayList<>();
        ByteBuffer left = ByteBuffer.wrap(message, 1, message.length - 1);
        while (left.remaining() >= Integer.BYTES) {
            int length = left.getInt();
            if (length < 0 || length > left.remaining()) {
                return Optional.empty();
            }
            byte[] part = new byte[length];
            left.get(part);
            parts.add(part);
        }
        return left.hasRemaining() ? Optional.empty() : Optional.of(parts);
    }
}
