package io.hamster.cache.writeback;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Names of caches as names of directories, different ones also where files' names know no upper case. */
final class JournalDirectories {

    private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
    private static final Pattern OTHER = Pattern.compile("[^a-z0-9_-]");
    private static final int PREFIX = 40;
    private static final int DIGITS = 16;

    private JournalDirectories() {}

    static String name(String cache) {
        if (PLAIN.matcher(cache).matches() && !cache.endsWith(".")) {
            return cache;
        }
        String prefix = cache.substring(0, Math.min(PREFIX, cache.length()));
        return OTHER.matcher(prefix).replaceAll("_") + "~" + digest(cache);
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
