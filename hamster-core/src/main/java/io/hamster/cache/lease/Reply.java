package io.hamster.cache.lease;

import io.hamster.cache.store.StoredEntry;

/** What a member answers. */
sealed interface Reply {

    /** The value of a key. */
    record Value(StoredEntry entry) implements Reply {}

    /** The key's ticket, which is the asker's own if it has the asker's id. */
    record Standing(String id) implements Reply {}

    /** How much there was of what was asked for: 1 or 0 for yes or no. */
    record Count(long number) implements Reply {}

    /** Why there is no answer. */
    enum Refusal implements Reply {
        /** Asked in another view. */
        OTHER_VIEW,
        /** Not all are known to be in the view. */
        NOT_YET,
        /** Not all are known to be in the view, although it has lasted for a while. */
        NOT_SOON,
        /** There is no room. */
        FULL,
        /** The question can't be read. */
        UNREADABLE,
        /** What the asker waited for can't be handed on. */
        ALONE,
        /** Too much was asked at once; what wasn't answered may be asked again. */
        TOO_MUCH
    }
}
