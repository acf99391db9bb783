package io.hamster.spring.cache;

import io.hamster.Keys;
import io.hamster.cache.CacheListener;
import io.hamster.cache.HamsterCache;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line at DEBUG for each load: of what, how it ended and how long it took, as keys and values. */
final class CacheLog implements CacheListener {

    private static final Logger LOG = LoggerFactory.getLogger(CacheLog.class);

    @Override
    public void created(HamsterCache<?, ?> cache) {
        LOG.debug(
                "operation=create cache={} tier={}",
                cache.name(),
                cache.policy().tier());
    }

    @Override
    public Loading loading(String cache, Collection<?> keys, boolean isRefresh) {
        if (!LOG.isDebugEnabled()) {
            return Loading.UNWATCHED;
        }
        String operation = isRefresh ? "refresh" : "load";
        // What the collection is may be gone when the load ends.
        String which = keys.size() == 1 ? "key=" + shortened(keys.iterator().next()) : "keys=" + keys.size();
        return (took, error) -> LOG.debug(
                "operation={} cache={} {} outcome={} duration={}",
                operation,
                cache,
                which,
                LoadOutcome.of(error).text(),
                took);
    }

    static String shortened(Object key) {
        return Keys.shortened(
                key instanceof CharSequence || key instanceof Number
                        ? key.toString()
                        : key.getClass().getSimpleName() + "#" + Integer.toHexString(key.hashCode()));
    }
}
