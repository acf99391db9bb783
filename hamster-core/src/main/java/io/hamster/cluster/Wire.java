package io.hamster.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages of remote calls as bytes. Both begin with the version of the format, so that nodes of two releases can
 * tell each other apart. Arguments and results are opaque here.
 *
 * <pre>
 * request: version, function, trace id, patience in ms, count of headers, (name, value)…, payload
 * reply:   version, status, OK: payload | others: type, message
 * payload: length or -1 for none, bytes
 * </pre>
 */
final class Wire {

    static final byte VERSION = 1;
    private static final int MAX_HEADERS = 32;
    private static final int MAX_TEXT = 4000;

    private Wire() {}

    enum Status {
        OK,
        FAILED,
        UNKNOWN_FUNCTION,
        BUSY,
        TOO_LARGE,
        CLOSED,
        UNKNOWN_VERSION
    }

    record Request(
            String function,
            String traceId,
            long patienceMillis,
            Map<String, String> headers,
            byte @Nullable [] argument) {}

    record Reply(Status status, byte @Nullable [] result, String type, String message) {

        static Reply ok(byte @Nullable [] result) {
            return new Reply(Status.OK, result, "", "");
        }

        static Reply of(Status status, String message) {
            return new Reply(status, null, "", message);
        }

        static Reply failed(Throwable error) {
            String message = error.getMessage();
            return new Reply(Status.FAILED, null, error.getClass().getName(), message == null ? "" : message);
        }
    }

    static byte[] encode(Request request) {
        return write(out -> {
            out.writeByte(VERSION);
            out.writeUTF(request.function());
            out.writeUTF(shortened(request.traceId()));
            out.writeLong(request.patienceMillis());
            Map<String, String> headers = request.headers();
            int count = Math.min(headers.size(), MAX_HEADERS);
            out.writeByte(count);
            for (Map.Entry<String, String> header :
                    headers.entrySet().stream().limit(count).toList()) {
                out.writeUTF(shortened(header.getKey()));
                out.writeUTF(shortened(header.getValue()));
            }
            writePayload(out, request.argument());
        });
    }

    /** Reads a request; fails with {@link UnknownVersionException} or, if it is malformed, {@link IOException}. */
    static Request decodeRequest(byte[] message) throws IOException {
        try (DataInputStream in = open(message)) {
            String function = in.readUTF();
            String traceId = in.readUTF();
            long patience = in.readLong();
            int count = in.readUnsignedByte();
            if (count > MAX_HEADERS) {
                throw new IOException(count + " headers; at most " + MAX_HEADERS + " are allowed");
            }
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                headers.put(in.readUTF(), in.readUTF());
            }
            return new Request(function, traceId, patience, headers, readPayload(in));
        }
    }

    static byte[] encode(Reply reply) {
        return write(out -> {
            out.writeByte(VERSION);
            out.writeByte(reply.status().ordinal());
            if (reply.status() == Status.OK) {
                writePayload(out, reply.result());
            } else {
                out.writeUTF(shortened(reply.type()));
                out.writeUTF(shortened(reply.message()));
            }
        });
    }

    /** Reads a reply; fails with {@link UnknownVersionException} or, if it is malformed, {@link IOException}. */
    static Reply decodeReply(byte[] message) throws IOException {
        try (DataInputStream in = open(message)) {
            int ordinal = in.readUnsignedByte();
            Status[] known = Status.values();
            if (ordinal >= known.length) {
                throw new IOException("unknown status " + ordinal);
            }
            Status status = known[ordinal];
            return status == Status.OK
                    ? Reply.ok(readPayload(in))
                    : new Reply(status, null, in.readUTF(), in.readUTF());
        }
    }

    private static DataInputStream open(byte[] message) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(message));
        byte version = in.readByte();
        if (version != VERSION) {
            throw new UnknownVersionException("message of version " + version + "; this node speaks " + VERSION);
        }
        return in;
    }

    private static void writePayload(DataOutputStream out, byte @Nullable [] payload) throws IOException {
        if (payload == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(payload.length);
            out.write(payload);
        }
    }

    private static byte @Nullable [] readPayload(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == -1) {
            return null;
        }
        // The length is the sender's word; only what has arrived is ever allocated.
        if (length != in.available()) {
            throw new IOException("a payload of " + length + " bytes is announced, " + in.available() + " are there");
        }
        return in.readAllBytes();
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    private static byte[] write(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            body.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @FunctionalInterface
    private interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }
}
