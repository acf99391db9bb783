package io.hamster.spring.cache;

import java.util.Locale;

/** Which names of caches may be misspellings of each other. */
final class LikeNames {

    /** Names as long as this may differ in two places. */
    private static final int LONG = 7;

    /** In shorter ones every letter counts. */
    private static final int SHORTEST = 3;

    private LikeNames() {}

    /** Spring Boot leaves out characters of names without brackets, and environment variables have no upper case. */
    static boolean haveSameLetters(String one, String other) {
        return letters(one).equals(letters(other));
    }

    /** Whether a slip of the finger or two makes one of the other. What differs in digits alone is numbered on purpose. */
    static boolean areAlike(String one, String other) {
        String a = letters(one);
        String b = letters(other);
        if (withoutDigits(a).equals(withoutDigits(b))) {
            return a.equals(b);
        }
        int shorter = Math.min(a.length(), b.length());
        int most = shorter >= LONG ? 2 : shorter >= SHORTEST ? 1 : 0;
        return Math.abs(a.length() - b.length()) <= most && distance(a, b) <= most;
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    private static String withoutDigits(String letters) {
        return letters.replaceAll("\\p{N}", "");
    }

    /** How many characters have to be put in, left out, replaced or swapped with their neighbours. */
    private static int distance(String one, String other) {
        int[][] steps = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : least(steps, one, other, i, j);
            }
        }
        return steps[one.length()][other.length()];
    }

    private static int least(int[][] steps, String one, String other, int i, int j) {
        boolean same = one.charAt(i - 1) == other.charAt(j - 1);
        int least = Math.min(steps[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
        boolean swapped =
                i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2) && one.charAt(i - 2) == other.charAt(j - 1);
        return swapped ? Math.min(least, steps[i - 2][j - 2] + 1) : least;
    }
}
