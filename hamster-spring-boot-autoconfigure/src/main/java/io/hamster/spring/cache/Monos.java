package io.hamster.spring.cache;

import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Everything that needs Reactor, so that it may be absent. */
final class Monos {

    private Monos() {}

    static boolean isMono(Class<?> type) {
        return type == Mono.class;
    }

    /** A {@code Mono} that asks the cache when it is subscribed to; the method's own sees the subscriber's context. */
    static Object reading(
            HamsterCache<Object, Object> cache,
            Object key,
            Callable<@Nullable Object> method,
            Function<Optional<Object>, EntryOptions> options) {
        return Mono.deferContextual(context -> Mono.fromFuture(
                Stages.content(cache.composeAsync(key, missing -> future(method.call(), context), options)), true));
    }

    private static CompletableFuture<Object> future(@Nullable Object mono, ContextView context) {
        if (mono == null) {
            return CompletableFuture.completedFuture(null);
        }
        return ((Mono<?>) mono)
                .<Object>map(value -> value)
                .contextWrite(context)
                .toFuture();
    }

    static Object then(Object mono, Consumer<@Nullable Object> action) {
        return ((Mono<?>) mono).doOnSuccess(action::accept);
    }
}
