package io.hamster.spring.cache;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of a method say, parsed.
 *
 * @param shape how the method returns its value
 * @param cached its {@code @Cached}, if it has one
 * @param updates its {@code @CacheUpdate}
 * @param invalidations its {@code @CacheInvalidate}s
 * @param isApart whether Spring's annotation says that it is no part of its caller's transaction
 */
record MethodPlan(
        ReturnShape shape,
        @Nullable CachedOperation cached,
        List<UpdateOperation> updates,
        List<InvalidateOperation> invalidations,
        boolean isApart) {

    boolean changesCaches() {
        return !updates.isEmpty() || !invalidations.isEmpty();
    }

    /** Whether a shared tier is to be asked before the method is called. */
    boolean asksForTickets() {
        return updates.stream().anyMatch(UpdateOperation::asksForTicket);
    }
}
