package io.hamster.spring.cache;

import io.hamster.cache.EntryOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * With which options a value is cached, if it is.
 *
 * @param options times to live
 * @param unless what keeps a value out
 * @param tags what gives its tags
 */
record EntryRule(EntryOptions options, @Nullable CacheExpression unless, List<CacheExpression> tags) {

    boolean isRefused(CacheCall call, @Nullable Object result) {
        return unless != null && unless.isTrue(call, result);
    }

    EntryOptions options(CacheCall call, @Nullable Object result) {
        if (tags.isEmpty()) {
            return options;
        }
        List<String> names = new ArrayList<>();
        tags.forEach(tag -> tag.tags(call, result, names));
        return options.withTags(names);
    }
}
