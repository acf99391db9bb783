package io.hamster.cache.torture;

import io.hamster.cache.torture.CacheHistory.Read;
import java.util.HashMap;
import java.util.Map;

/** What one thread reads, joined where it sees the same version again. Not thread-safe. */
final class Reads {

    private final String instance;
    private final UserLog log;
    private final Map<String, Read> last = new HashMap<>();

    Reads(String instance, UserLog log) {
        this.instance = instance;
        this.log = log;
    }

    void add(String key, long version, long began, boolean isQuiet) {
        Read before = last.get(key);
        boolean isSame = before != null && before.version() == version && before.isQuiet() == isQuiet;
        last.put(key, new Read(instance, key, version, began, isQuiet, isSame ? before.count() + 1 : 1));
        if (before != null && !isSame) {
            log.read(before);
        }
    }

    void end() {
        last.values().forEach(log::read);
        last.clear();
    }
}
