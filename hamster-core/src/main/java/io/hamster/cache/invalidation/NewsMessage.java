package io.hamster.cache.invalidation;

import io.hamster.cache.invalidation.Invalidation.Scope;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What instances tell each other. As bytes, big-endian: version (1), kind (1), sender (16), number (8); then a heartbeat's
 * sender's time (8), or the cache's name and the number (4) of subjects and each of these, as lengths (2) and UTF-8.
 *
 * @param number of the sender's last invalidation, this one included
 */
sealed interface NewsMessage {

    byte VERSION = 1;
    byte HEARTBEAT = 0;
    byte FAREWELL = 1;
    /** The first of the scopes' kinds, which are in the order of their declaration. */
    byte FIRST_SCOPE = 2;

    UUID sender();

    long number();

    /**
     * Something to drop.
     *
     * @param what the entries
     */
    record News(UUID sender, long number, Invalidation what) implements NewsMessage {}

    /**
     * Nothing new.
     *
     * @param sentAt by the sender's monotonic clock, which means nothing to others
     */
    record Heartbeat(UUID sender, long number, long sentAt) implements NewsMessage {}

    /** The sender ends; nobody will hear of it again. */
    record Farewell(UUID sender, long number) implements NewsMessage {}

    default byte[] encode() {
        List<byte[]> texts = new ArrayList<>();
        int size = 2 + 2 * Long.BYTES + Long.BYTES + Long.BYTES;
        if (this instanceof News news) {
            texts.add(utf8(news.what.cache()));
            news.what.subjects().forEach(subject -> texts.add(utf8(subject)));
            size += texts.stream().mapToInt(text -> Short.BYTES + text.length).sum();
        }
        ByteBuffer out = ByteBuffer.allocate(size)
                .put(VERSION)
                .put(kind())
                .putLong(sender().getMostSignificantBits())
                .putLong(sender().getLeastSignificantBits())
                .putLong(number());
        if (this instanceof Heartbeat beat) {
            out.putLong(beat.sentAt);
        } else if (!texts.isEmpty()) {
            put(out, texts.get(0));
            out.putInt(texts.size() - 1);
            texts.subList(1, texts.size()).forEach(text -> put(out, text));
        }
        byte[] message = new byte[out.position()];
        out.flip().get(message);
        return message;
    }

    private byte kind() {
        if (this instanceof News news) {
            return (byte) (FIRST_SCOPE + news.what.scope().ordinal());
        }
        return this instanceof Heartbeat ? HEARTBEAT : FAREWELL;
    }

    /** Reads a message; empty if it is none. */
    static Optional<NewsMessage> decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        try {
            NewsMessage read = in.get() == VERSION ? decode(in) : null;
            return in.hasRemaining() ? Optional.empty() : Optional.ofNullable(read);
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static @Nullable NewsMessage decode(ByteBuffer in) {
        byte kind = in.get();
        UUID sender = new UUID(in.getLong(), in.getLong());
        long number = in.getLong();
        return switch (kind) {
            case HEARTBEAT -> new Heartbeat(sender, number, in.getLong());
            case FAREWELL -> new Farewell(sender, number);
            default -> {
                int scope = kind - FIRST_SCOPE;
                yield scope < 0 || scope >= Scope.values().length
                        ? null
                        : new News(sender, number, invalidation(in, Scope.values()[scope]));
            }
        };
    }

    private static Invalidation invalidation(ByteBuffer in, Scope scope) {
        String cache = text(in);
        Set<String> subjects = new LinkedHashSet<>();
        for (int left = in.getInt(); left > 0; left--) {
            subjects.add(text(in));
        }
        return new Invalidation(cache, scope, subjects);
    }

    private static void put(ByteBuffer out, byte[] text) {
        out.putShort((short) text.length).put(text);
    }

    private static String text(ByteBuffer in) {
        int length = Short.toUnsignedInt(in.getShort());
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
