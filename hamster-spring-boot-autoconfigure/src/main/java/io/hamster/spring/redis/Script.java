package io.hamster.spring.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script, written for Redis 6.2 and later.
 *
 * @param text its source
 * @param sha the name under which a server remembers it
 */
record Script(String text, String sha) {

    /** Reads the script of that name beside this class. */
    static Script named(String name) {
        return of(read(name));
    }

    /** Reads a script that begins with what others begin with too. */
    static Script named(String beginning, String name) {
        return of(read(beginning) + read(name));
    }

    private static Script of(String text) {
        return new Script(text, sha1(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** As Redis names scripts, and as scripts can tell one value from another. */
    static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("Script " + name + ".lua is missing beside " + Script.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
