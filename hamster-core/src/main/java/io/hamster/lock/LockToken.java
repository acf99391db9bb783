package io.hamster.lock;

/**
 * Names one request for a lock, and the grant that may come of it, to a store. Never reused.
 *
 * @param client an unguessable name, one per {@link LockClient}
 * @param sequence counts that client's requests
 */
public record LockToken(String client, long sequence) {

    private static final int RADIX = 36;

    /** The token as stores that keep text write it. Injective; free of spaces and control characters. */
    @Override
    public String toString() {
        return client + '-' + Long.toString(sequence, RADIX);
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @param text a written token
     * @return the token
     * @throws IllegalArgumentException if the text isn't a token
     */
    public static LockToken parse(String text) {
        int dash = text.lastIndexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("Not a lock token: no sequence after a dash");
        }
        return new LockToken(text.substring(0, dash), Long.parseLong(text, dash + 1, text.length(), RADIX));
    }
}
