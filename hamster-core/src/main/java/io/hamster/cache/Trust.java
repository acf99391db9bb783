package io.hamster.cache;

import io.hamster.TimeSource;
import io.hamster.cache.invalidation.InvalidationNews;
import org.jspecify.annotations.Nullable;

/** Says which entries of this JVM may be used although other instances may have changed them meanwhile. */
interface Trust {

    boolean answers(Slot<?> slot);

    /** Whether it may be served although it has expired. */
    boolean answersLate(Slot<?> slot);

    /** Whether later callers may share a load that was started then. */
    boolean joins(long startedAt);

    /**
     * As long as the news can be trusted, and otherwise for as long as the news may be late.
     *
     * @param bound in nanoseconds
     */
    record ByNews(InvalidationNews news, TimeSource time, long bound) implements Trust {

        @Override
        public boolean answers(Slot<?> slot) {
            return joins(slot.seenAt);
        }

        @Override
        public boolean answersLate(Slot<?> slot) {
            return joins(slot.seenAt);
        }

        @Override
        public boolean joins(long startedAt) {
            return news.isTrusted() || time.nanoTime() - startedAt < bound;
        }
    }

    /**
     * For a tier whose every read is answered by the store: what a load found expired there is left for its failure.
     *
     * @param news {@code null} if nobody tells of other instances' changes
     */
    record OfStore(@Nullable ByNews news) implements Trust {

        @Override
        public boolean answers(Slot<?> slot) {
            return false;
        }

        @Override
        public boolean answersLate(Slot<?> slot) {
            return true;
        }

        @Override
        public boolean joins(long startedAt) {
            return news == null || news.joins(startedAt);
        }
    }
}
