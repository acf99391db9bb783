package io.hamster.spring.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import org.springframework.http.MediaType;

/** One of the page's files, kept in memory: there are few, they are small, and they never change. */
final class ConsoleFile {

    static final String DIRECTORY = "META-INF/hamster-console/";

    private final MediaType type;
    private final byte[] content;
    private final String etag;

    private ConsoleFile(MediaType type, byte[] content) {
        this.type = type;
        this.content = content;
        CRC32 checksum = new CRC32();
        checksum.update(content);
        this.etag = "\"" + Long.toHexString(checksum.getValue()) + "-" + content.length + "\"";
    }

    static ConsoleFile load(String name) {
        try (InputStream in = ConsoleFile.class.getClassLoader().getResourceAsStream(DIRECTORY + name)) {
            if (in == null) {
                throw new IllegalStateException("The console's file " + DIRECTORY + name
                        + " is missing; put Hamster's whole jar on the class path");
            }
            return new ConsoleFile(type(name), in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("The console's file " + DIRECTORY + name + " can't be read", e);
        }
    }

    private static MediaType type(String name) {
        return MediaType.parseMediaType(
                switch (name.substring(name.lastIndexOf('.') + 1)) {
                    case "html" -> "text/html;charset=UTF-8";
                    case "css" -> "text/css;charset=UTF-8";
                    case "js" -> "text/javascript;charset=UTF-8";
                    case "svg" -> "image/svg+xml";
                    default -> throw new IllegalArgumentException("The console has no files such as " + name);
                });
    }

    MediaType type() {
        return type;
    }

    /** Not copied: callers write it to responses only. */
    byte[] content() {
        return content;
    }

    String etag() {
        return etag;
    }
}
