package io.hamster.spring.cache;

import java.util.Map;

/**
 * What journals outside of this JVM tell of themselves in the health part {@code caches}; a bean beside what makes them.
 * Answers from what is known and waits for nothing. Thread-safe.
 */
public interface SharedJournalHealth {

    /**
     * What is worth knowing.
     *
     * @return details by their names; empty while nothing is known
     */
    Map<String, Object> details();
}
