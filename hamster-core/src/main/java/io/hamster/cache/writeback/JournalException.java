package io.hamster.cache.writeback;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/** A write couldn't be journalled, so it wasn't acknowledged; or a journal can't be opened. */
public class JournalException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the journal, what happened and what to do
     * @param cause the failure, or {@code null}
     */
    public JournalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
