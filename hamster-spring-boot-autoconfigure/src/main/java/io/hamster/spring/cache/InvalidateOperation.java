package io.hamster.spring.cache;

import io.hamster.annotation.CacheInvalidate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A parsed {@link CacheInvalidate}.
 *
 * @param key the expression of one key
 * @param keys the expression of several
 * @param tags the expressions of tags; the whole cache is meant if there are neither keys nor tags
 * @param before whether to drop before the method runs too
 */
record InvalidateOperation(
        NamedCache named,
        @Nullable CacheExpression key,
        @Nullable CacheExpression keys,
        List<CacheExpression> tags,
        @Nullable CacheExpression condition,
        boolean before) {

    /** The change that a call makes, or empty when it makes none. */
    Optional<CacheChange> change(CacheCall call, @Nullable Object result) {
        if (condition != null && !condition.isTrue(call, result)) {
            return Optional.empty();
        }
        if (key != null) {
            return Optional.of(
                    new CacheChange.Drop(named.get(), Set.of(MethodKeys.of(named.get(), key.key(call, result)))));
        }
        if (keys != null) {
            Set<Object> all = new LinkedHashSet<>();
            keys.each(call, result, key -> all.add(MethodKeys.of(named.get(), key)));
            return Optional.of(new CacheChange.Drop(named.get(), all));
        }
        if (!tags.isEmpty()) {
            Set<String> names = new LinkedHashSet<>();
            tags.forEach(tag -> tag.tags(call, result, names));
            return Optional.of(new CacheChange.DropTags(named.get(), names));
        }
        return Optional.of(new CacheChange.Clear(named.get()));
    }
}
