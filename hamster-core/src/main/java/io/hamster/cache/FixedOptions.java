package io.hamster.cache;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Options that don't depend on the value, so that a flight knows its tags beforehand. */
record FixedOptions<V>(EntryOptions options) implements Function<Optional<V>, EntryOptions> {

    @Override
    public EntryOptions apply(Optional<V> value) {
        return options;
    }

    static Set<String> knownTags(Function<?, EntryOptions> options) {
        if (options instanceof SharedLoad<?, ?> load) {
            return load.knownTags();
        }
        return options instanceof FixedOptions<?> fixed ? fixed.options.tags() : Set.of();
    }
}
