package io.hamster.spring.redis;

/**
 * Names of what locks keep in Redis. A lock belongs to one of 256 buckets by its key's hash; all of a bucket's names
 * have the bucket's number as their hash tag, so that one script may touch them on a cluster.
 */
final class LockNames {

    static final int BUCKETS = 256;

    private static final String LOCK = "lock:";

    private final String namespace;
    private final String[] locks = new String[BUCKETS];
    private final String[] fences = new String[BUCKETS];
    private final String[] tombstones = new String[BUCKETS];

    LockNames(String namespace) {
        this.namespace = namespace;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            String prefix = namespace + ":{" + bucket + "}:";
            locks[bucket] = prefix + LOCK;
            fences[bucket] = prefix + "fence";
            tombstones[bucket] = prefix + "dead:";
        }
    }

    /** The same in every process and version: instances must agree. */
    static int bucket(String key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (BUCKETS - 1);
    }

    String lock(int bucket, String key) {
        return locks[bucket].concat(key);
    }

    String fence(int bucket) {
        return fences[bucket];
    }

    String tombstone(int bucket, String token) {
        return tombstones[bucket].concat(token);
    }

    /** Where the keys of released locks are published; scripts make it of a lock's name too. */
    String channel() {
        return namespace + ":released";
    }

    /** Matches the names of all locks; the namespace has no characters with a meaning in patterns. */
    String everyLock() {
        return namespace + ":{*}:" + LOCK + "*";
    }

    /** The key of a lock by its name. */
    String key(String lockName) {
        return lockName.substring(lockName.indexOf("}:" + LOCK) + 2 + LOCK.length());
    }
}
