package io.hamster.spring.cache;

import java.util.Locale;
import java.util.Optional;

/** How a load ended. */
public enum LoadOutcome {
    /** With a value, or with the knowledge that there is none. */
    OK,
    /** With an exception. */
    FAILED;

    static LoadOutcome of(Optional<Throwable> error) {
        return error.isPresent() ? FAILED : OK;
    }

    /** As it appears in tags and logs. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
