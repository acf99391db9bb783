package io.hamster.spring.cache;

import io.hamster.annotation.CacheUpdate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A parsed {@link CacheUpdate}. */
record UpdateOperation(
        NamedCache named, CacheExpression key, @Nullable CacheExpression condition, EntryRule entry) {

    /** The change that a call's result makes, or empty when it makes none. */
    Optional<CacheChange> change(CacheCall call, @Nullable Object result) {
        if ((condition != null && !condition.isTrue(call, result)) || entry.isRefused(call, result)) {
            return Optional.empty();
        }
        return Optional.of(new CacheChange.Put(
                named.get(),
                SharedKeys.of(named.get(), key.key(call, result)),
                Optional.ofNullable(result),
                entry.options(call, result)));
    }
}
