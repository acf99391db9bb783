package io.hamster.spring.cache;

import io.hamster.Keys;
import io.hamster.cache.CacheListener;
import io.hamster.cache.HamsterCache;
import java.util.Collection;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line at DEBUG for each load and each change: of what, how it ended and how long it took, as keys and values. */
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
        String which = described(keys);
        return (took, error) -> LOG.debug(
                "operation={} cache={}{} outcome={} duration={}",
                operation,
                cache,
                which,
                LoadOutcome.of(error).text(),
                took);
    }

    @Override
    public Changing changing(String cache, Operation operation, Collection<?> subjects) {
        if (!LOG.isDebugEnabled()) {
            return Changing.UNWATCHED;
        }
        String which = switch (operation) {
            case CLEAR, FLUSH -> "";
            case INVALIDATE_TAGS -> " tags=" + subjects.size();
            default -> described(subjects);
        };
        return (isDone, took, error) -> LOG.debug(
                "operation={} cache={}{} outcome={} duration={}",
                name(operation),
                cache,
                which,
                error.isPresent() || isDone ? LoadOutcome.of(error).text() : "refused",
                took);
    }

    private static String name(Operation operation) {
        return operation.name().toLowerCase(Locale.ROOT);
    }

    private static String described(Collection<?> keys) {
        Object only = keys.size() == 1 ? keys.iterator().next() : null;
        return only == null ? " keys=" + keys.size() : " key=" + shortened(only);
    }

    static String shortened(Object key) {
        return Keys.shortened(
                key instanceof CharSequence || key instanceof Number
                        ? key.toString()
                        : key.getClass().getSimpleName() + "#" + Integer.toHexString(key.hashCode()));
    }
}
