package io.hamster.cache;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory as people write them. */
final class MemoryText {

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18})\\s*(B|KB|MB|GB|TB|%)?");

    /** Each is 1024 times the one before. */
    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB");

    private MemoryText() {}

    static long bytes(String text, long heap) {
        Matcher matcher = AMOUNT.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw invalid(text);
        }
        long amount = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        if (unit.equals("%")) {
            if (amount < 1 || amount > 100) {
                throw new InvalidCachePolicyException("maxMemory is '" + text + "'; a share of the heap is 1% to 100%");
            }
            // Divided first: the heap times 100 may overflow.
            return Math.max(1, heap / 100 * amount);
        }
        try {
            return Math.multiplyExact(amount, 1L << 10 * UNITS.indexOf(unit));
        } catch (ArithmeticException e) {
            throw invalid(text);
        }
    }

    private static InvalidCachePolicyException invalid(String text) {
        return new InvalidCachePolicyException("maxMemory is '" + text
                + "'; give bytes, a number with B, KB, MB, GB or TB, or a share of the heap such as 25%");
    }
}
