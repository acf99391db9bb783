package io.hamster.spring;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheRefresh;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocks;
import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import java.lang.annotation.Annotation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image needs of Hamster whatever the application does: the annotations, which Spring reads by reflection
 * and, where others are composed of them, by a proxy; and the names of its properties.
 */
final class HamsterRuntimeHints implements RuntimeHintsRegistrar {

    static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(
            HamsterLocked.class,
            HamsterLocks.class,
            Cached.class,
            CacheUpdate.class,
            CacheInvalidate.class,
            CacheInvalidate.List.class,
            CacheRefresh.class,
            ForCache.class,
            LeaderOnly.class,
            RemoteFunction.class);

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern(PropertyNames.FILE);
        for (Class<? extends Annotation> annotation : ANNOTATIONS) {
            hints.reflection().registerType(annotation, MemberCategory.INVOKE_DECLARED_METHODS);
            hints.proxies().registerJdkProxy(annotation);
        }
    }
}
