package io.hamster.spring.redis;

import io.hamster.HamsterException;
import io.hamster.cluster.Node;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;

/**
 * That a process is a node of the cluster.
 *
 * @param node the node
 * @param token of the process
 * @param process its number on its host, for people
 * @param until when it ends unless it is repeated, in ms since 1970 by Redis' clock
 */
record Announcement(Node node, String token, long process, long until) {

    private static final int PARTS = 3;

    /** What Redis keeps besides token and time. */
    static String description(Node node, long process) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(node.host());
            out.writeInt(node.port());
            out.writeUTF(node.address());
            out.writeLong(process);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory takes everything", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /**
     * Reads what Redis keeps under a name.
     *
     * @return nothing if it isn't an announcement
     */
    static Optional<Announcement> parse(String name, String text) {
        String[] parts = text.split(" ", PARTS);
        if (parts.length < PARTS) {
            return Optional.empty();
        }
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(parts[2])))) {
            Node node = new Node(name, in.readUTF(), in.readInt(), in.readUTF());
            return Optional.of(new Announcement(node, parts[1], in.readLong(), Long.parseLong(parts[0])));
        } catch (IOException | IllegalArgumentException | HamsterException e) {
            return Optional.empty();
        }
    }

    String place() {
        return node.address() + " (process " + process + ")";
    }
}
