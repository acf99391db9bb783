package io.hamster.spring.redis;

/**
 * Names of what one cache keeps in Redis. A key belongs to a bucket by its hash; all of a bucket's names have the cache
 * and the bucket's number as their hash tag, so that one script may touch them on a cluster. A single server has one
 * bucket: then invalidating tags and clearing are one step there.
 */
final class CacheNames {

    /** Enough to spread a cache over a cluster; each costs a script when tags are invalidated. */
    private static final int BUCKETS_ON_A_CLUSTER = 16;

    private static final String SPECIAL = "%{}*?[]\\:@";

    private final String beginning;
    private final String[] prefixes;

    /**
     * @param namespace has no characters with a meaning in patterns
     * @param cache any name
     * @param version keeps entries of another one apart
     */
    CacheNames(String namespace, String cache, String version, boolean cluster) {
        this.beginning = namespace + ":cache:{" + escaped(cache) + "@" + escaped(version) + ":";
        this.prefixes = new String[cluster ? BUCKETS_ON_A_CLUSTER : 1];
        for (int bucket = 0; bucket < prefixes.length; bucket++) {
            prefixes[bucket] = beginning + bucket + "}:";
        }
    }

    int buckets() {
        return prefixes.length;
    }

    /** The same in every process and version: instances must agree. */
    int bucket(String key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return (hash >>> 16) & (prefixes.length - 1);
    }

    String state(int bucket) {
        return prefixes[bucket].concat("state");
    }

    String epoch(int bucket) {
        return prefixes[bucket].concat("epoch");
    }

    String entry(int bucket, long epoch, String key) {
        return prefixes[bucket] + epoch + ":e:" + key;
    }

    String ticket(int bucket, long epoch, String key) {
        return prefixes[bucket] + epoch + ":t:" + key;
    }

    /** Matches all of these names. */
    String everything() {
        return beginning + "*}:*";
    }

    /**
     * The bucket of a name that {@link #everything} matched.
     *
     * @return -1 if it isn't one of these names
     */
    int bucketOf(String name) {
        long bucket = number(name, beginning.length(), "}:");
        return bucket >= 0 && bucket < prefixes.length ? (int) bucket : -1;
    }

    /**
     * The epoch of an entry's or a ticket's name.
     *
     * @return -1 if it has none
     */
    long epochOf(String name) {
        int bucket = bucketOf(name);
        return bucket < 0 ? -1 : number(name, prefixes[bucket].length(), ":");
    }

    private static long number(String name, int from, String end) {
        int to = name.indexOf(end, from);
        boolean isNumber =
                to > from && to - from <= 18 && name.substring(from, to).chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Long.parseLong(name, from, to, 10) : -1;
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            if (SPECIAL.indexOf(c) >= 0) {
                out.append(String.format("%%%02x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }
}
