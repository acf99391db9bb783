package io.hamster.cluster.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of Ratis that a node first needs when leadership changes. Read and verified only then, they are a good part
 * of the time between two leaders; so a node does that when it starts, in the background. A class that a later Ratis hasn't
 * is passed by: it costs some of that time, nothing else.
 */
final class LeaderClasses {

    private static final Logger log = LoggerFactory.getLogger(LeaderClasses.class);
    private static final String NAMES = "leader-classes.txt";

    private LeaderClasses() {}

    static List<String> names() {
        try (InputStream in = LeaderClasses.class.getResourceAsStream(NAMES)) {
            if (in == null) {
                throw new IllegalStateException("The resource " + NAMES + " is missing beside " + LeaderClasses.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The resource " + NAMES + " can't be read", e);
        }
    }

    /** Loads them, and whatever the writing of a vote needs. */
    static void load() {
        writeProperties();
        for (String name : names()) {
            try {
                // Asking for its methods has it verified, too, and runs nothing of it.
                Class.forName(name, false, LeaderClasses.class.getClassLoader()).getDeclaredMethods();
            } catch (ClassNotFoundException | LinkageError e) {
                log.debug("Class {} isn't loaded beforehand", name, e);
            }
        }
    }

    /** As Ratis writes a vote: with the time, for the first of which the names of all time zones are read. */
    private static void writeProperties() {
        try {
            new Properties().store(Writer.nullWriter(), null);
        } catch (IOException e) {
            throw new UncheckedIOException("Nowhere refused what was written there", e);
        }
    }
}
