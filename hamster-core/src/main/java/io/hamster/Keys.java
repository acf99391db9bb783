package io.hamster;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks that keys have in common, and the form in which keys may appear in logs. */
public final class Keys {

    private static final int VISIBLE_PREFIX = 8;
    private static final int DIGITS = 8;
    private static final char ELLIPSIS = '…';
    private static final int PRINTED_IN_ERRORS = 40;

    private Keys() {}

    /**
     * Checks a key by its length in characters.
     *
     * @param what what the key is for, as it should read in the message: {@code "Hash key"}
     * @param key the key
     * @param maxCharacters the most UTF-16 characters it may have
     * @param error makes the exception from its message
     * @return the key
     * @param <X> the exception thrown
     */
    public static <X extends InvalidKeyException> String requireCharacters(
            String what, @Nullable String key, int maxCharacters, Function<String, X> error) {
        if (key == null || key.isEmpty()) {
            throw error.apply(
                    what + " is " + (key == null ? "null" : "empty") + "; give 1 to " + maxCharacters + " characters");
        }
        if (key.length() > maxCharacters) {
            throw error.apply(what + " " + printable(key) + " has " + key.length() + " characters; at most "
                    + maxCharacters + " are allowed");
        }
        return key;
    }

    /**
     * Checks a key by its length in bytes of UTF-8.
     *
     * @param what what the key is for, as it should read in the message: {@code "Lock key"}
     * @param key the key
     * @param maxBytes the most bytes it may have
     * @param error makes the exception from its message
     * @return the key
     * @param <X> the exception thrown
     */
    public static <X extends InvalidKeyException> String requireBytes(
            String what, @Nullable String key, int maxBytes, Function<String, X> error) {
        if (key == null || key.isEmpty()) {
            throw error.apply(
                    what + " is " + (key == null ? "null" : "empty") + "; give 1 to " + maxBytes + " bytes of UTF-8");
        }
        // A UTF-16 unit takes 1 to 3 bytes, so most keys need no encoding to be judged.
        if (key.length() > maxBytes || key.length() * 3 > maxBytes) {
            int bytes = key.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) {
                throw error.apply(what + " " + printable(key) + " has " + bytes + " bytes of UTF-8; at most " + maxBytes
                        + " are allowed");
            }
        }
        return key;
    }

    /**
     * Refuses control characters (Unicode category Cc), which would corrupt logs, endpoints and wire formats.
     *
     * @param what what the key is for, as it should read in the message
     * @param key the key
     * @param error makes the exception from its message
     * @return the key
     * @param <X> the exception thrown
     */
    public static <X extends InvalidKeyException> String requireNoControlCharacters(
            String what, String key, Function<String, X> error) {
        for (int i = 0; i < key.length(); i++) {
            if (Character.isISOControl(key.charAt(i))) {
                throw error.apply(what + " " + printable(key) + " has the control character U+"
                        + String.format("%04X", (int) key.charAt(i)) + " at index " + i + "; remove it");
            }
        }
        return key;
    }

    /**
     * Refuses halves of surrogate pairs, which UTF-8 can't carry: each becomes a question mark, and the key another one.
     *
     * @param what what the key is for, as it should read in the message
     * @param key the key
     * @param error makes the exception from its message
     * @return the key
     * @param <X> the exception thrown
     */
    public static <X extends InvalidKeyException> String requireWholeCharacters(
            String what, String key, Function<String, X> error) {
        for (int i = 0; i < key.length(); i++) {
            if (!Character.isSurrogate(key.charAt(i))) {
                continue;
            }
            if (!Character.isSupplementaryCodePoint(key.codePointAt(i))) {
                throw error.apply(what + " has half of a character, U+" + String.format("%04X", (int) key.charAt(i))
                        + " at index " + i + "; don't cut texts inside of a character");
            }
            i++;
        }
        return key;
    }

    /**
     * The form in which a key may be logged: enough to recognise it, not enough to learn it.
     *
     * @param key any key
     * @return at most its first 8 characters (never more than half of it), an ellipsis and 8 hexadecimal digits that
     *     are the same for the same key in every process
     */
    public static String shortened(String key) {
        int visible = Math.min(VISIBLE_PREFIX, key.length() / 2);
        return escaped(key.substring(0, visible))
                + ELLIPSIS
                + String.format("%0" + DIGITS + "x", mixed(key.hashCode()));
    }

    /**
     * Whether a text may be a shortened key.
     *
     * @param text any text
     * @return true if {@link #shortened} can have made it
     */
    public static boolean isShortened(String text) {
        int ellipsis = text.length() - DIGITS - 1;
        return ellipsis >= 0 && text.charAt(ellipsis) == ELLIPSIS;
    }

    private static String printable(String key) {
        String start = key.length() <= PRINTED_IN_ERRORS ? key : key.substring(0, PRINTED_IN_ERRORS) + "…";
        return "'" + escaped(start) + "'";
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** MurmurHash3's 32-bit finalizer: similar keys get unlike digits. */
    private static int mixed(int h) {
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
