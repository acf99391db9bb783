package io.hamster.cache.lease;

import io.hamster.cache.store.StoredEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions and replies as bytes: version (1), kind (1), and their components in order. */
final class Wire {

    private static final byte VERSION = 1;

    private static final byte GREETING = 0;
    private static final byte ASK = 1;
    private static final byte RENEW = 2;
    private static final byte END = 3;
    private static final byte PUBLISH = 4;
    private static final byte DROP = 5;
    private static final byte DROP_TAGS = 6;
    private static final byte DROP_ALL = 7;

    private static final byte VALUE = 0;
    private static final byte STANDING = 1;
    private static final byte COUNT = 2;
    /** The first of the refusals' kinds, which are in the order of their declaration. */
    private static final byte FIRST_REFUSAL = 3;

    private static final Reply.Refusal[] REFUSALS = Reply.Refusal.values();

    private Wire() {}

    private interface Writing {

        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {

        @Nullable
        T from(byte kind, DataInputStream in) throws IOException;
    }

    static byte[] encode(Question question) {
        if (question instanceof Question.Ask ask) {
            return write(ASK, out -> {
                putKey(out, ask.view(), ask.cache(), ask.key(), ask.asker());
                out.writeLong(ask.call());
                out.writeLong(ask.number());
                out.writeBoolean(ask.anyway());
                out.writeLong(ask.ttl());
            });
        }
        if (question instanceof Question.Renew renew) {
            return write(RENEW, out -> {
                putKey(out, renew.view(), renew.cache(), renew.key(), renew.id());
                out.writeLong(renew.ttl());
            });
        }
        if (question instanceof Question.End end) {
            return write(END, out -> {
                putKey(out, end.view(), end.cache(), end.key(), end.id());
                out.writeBoolean(end.alone());
            });
        }
        if (question instanceof Question.Publish publish) {
            return write(PUBLISH, out -> {
                putKey(out, publish.view(), publish.cache(), publish.key(), publish.id());
                out.writeBoolean(publish.onlyToWaiting());
                putEntry(out, publish.entry());
            });
        }
        if (question instanceof Question.Drop drop) {
            return write(DROP, out -> putTexts(out, drop.view(), drop.cache(), drop.keys()));
        }
        if (question instanceof Question.DropTags drop) {
            return write(DROP_TAGS, out -> putTexts(out, drop.view(), drop.cache(), drop.tags()));
        }
        if (question instanceof Question.Greeting greeting) {
            return write(GREETING, out -> {
                out.writeUTF(greeting.view());
                out.writeUTF(greeting.member());
            });
        }
        Question.DropAll drop = (Question.DropAll) question;
        return write(DROP_ALL, out -> {
            out.writeUTF(drop.view());
            out.writeUTF(drop.cache());
        });
    }

    static byte[] encode(Reply reply) {
        if (reply instanceof Reply.Value value) {
            return write(VALUE, out -> putEntry(out, value.entry()));
        }
        if (reply instanceof Reply.Standing standing) {
            return write(STANDING, out -> out.writeUTF(standing.id()));
        }
        if (reply instanceof Reply.Count count) {
            return write(COUNT, out -> out.writeLong(count.number()));
        }
        return write((byte) (FIRST_REFUSAL + ((Reply.Refusal) reply).ordinal()), out -> {});
    }

    /** Reads a question; empty if it is none. */
    static Optional<Question> question(byte[] message) {
        return read(message, Wire::question);
    }

    /** Reads a reply; empty if it is none. */
    static Optional<Reply> reply(byte[] message) {
        return read(message, Wire::reply);
    }

    private static @Nullable Question question(byte kind, DataInputStream in) throws IOException {
        String view = in.readUTF();
        return switch (kind) {
            case GREETING -> new Question.Greeting(view, in.readUTF());
            case ASK ->
                new Question.Ask(
                        view,
                        in.readUTF(),
                        in.readUTF(),
                        in.readUTF(),
                        in.readLong(),
                        in.readLong(),
                        in.readBoolean(),
                        in.readLong());
            case RENEW -> new Question.Renew(view, in.readUTF(), in.readUTF(), in.readUTF(), in.readLong());
            case END -> new Question.End(view, in.readUTF(), in.readUTF(), in.readUTF(), in.readBoolean());
            case PUBLISH ->
                new Question.Publish(view, in.readUTF(), in.readUTF(), in.readUTF(), in.readBoolean(), entry(in));
            case DROP -> new Question.Drop(view, in.readUTF(), texts(in));
            case DROP_TAGS -> new Question.DropTags(view, in.readUTF(), texts(in));
            case DROP_ALL -> new Question.DropAll(view, in.readUTF());
            default -> null;
        };
    }

    private static @Nullable Reply reply(byte kind, DataInputStream in) throws IOException {
        return switch (kind) {
            case VALUE -> new Reply.Value(entry(in));
            case STANDING -> new Reply.Standing(in.readUTF());
            case COUNT -> new Reply.Count(in.readLong());
            default -> {
                int refusal = kind - FIRST_REFUSAL;
                yield refusal < 0 || refusal >= REFUSALS.length ? null : REFUSALS[refusal];
            }
        };
    }

    private static void putKey(DataOutputStream out, String view, String cache, String key, String id)
            throws IOException {
        out.writeUTF(view);
        out.writeUTF(cache);
        out.writeUTF(key);
        out.writeUTF(id);
    }

    private static void putTexts(DataOutputStream out, String view, String cache, Set<String> texts)
            throws IOException {
        out.writeUTF(view);
        out.writeUTF(cache);
        putTexts(out, texts);
    }

    private static void putTexts(DataOutputStream out, Set<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static Set<String> texts(DataInputStream in) throws IOException {
        Set<String> texts = new LinkedHashSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            texts.add(in.readUTF());
        }
        return texts;
    }

    private static void putEntry(DataOutputStream out, StoredEntry entry) throws IOException {
        out.writeLong(entry.age().toNanos());
        out.writeLong(entry.ttl().toNanos());
        out.writeLong(entry.retention().toNanos());
        putTexts(out, entry.tags());
        out.writeBoolean(entry.payload().isPresent());
        if (entry.payload().isPresent()) {
            out.writeInt(entry.payload().get().length);
            out.write(entry.payload().get());
        }
    }

    private static StoredEntry entry(DataInputStream in) throws IOException {
        Duration age = Duration.ofNanos(in.readLong());
        Duration ttl = Duration.ofNanos(in.readLong());
        Duration retention = Duration.ofNanos(in.readLong());
        Set<String> tags = texts(in);
        Optional<byte[]> payload = Optional.empty();
        if (in.readBoolean()) {
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("A payload of " + length + " bytes isn't there");
            }
            payload = Optional.of(in.readNBytes(length));
        }
        return new StoredEntry(payload, age, ttl, retention, tags);
    }

    private static byte[] write(byte kind, Writing body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(VERSION);
            out.writeByte(kind);
            body.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("A text of a message about loads is too long", e);
        }
        return bytes.toByteArray();
    }

    private static <T> Optional<T> read(byte[] message, Reading<T> body) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(message));
        try {
            T read = in.readByte() == VERSION ? body.from(in.readByte(), in) : null;
            return in.available() > 0 ? Optional.empty() : Optional.ofNullable(read);
        } catch (IOException | IllegalArgumentException e) {
            // Cut short, or of a shape that it never had.
            return Optional.empty();
        }
    }
}
