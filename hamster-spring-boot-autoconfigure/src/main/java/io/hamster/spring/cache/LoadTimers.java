package io.hamster.spring.cache;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** The timers of one cache's loads in one registry; there from the start. */
final class LoadTimers {

    private final Map<LoadOutcome, Timer> timers = new EnumMap<>(LoadOutcome.class);

    /**
     * Registers the timers.
     *
     * @param tags those of the cache's other meters
     */
    LoadTimers(MeterRegistry registry, Tags tags) {
        for (LoadOutcome outcome : LoadOutcome.values()) {
            timers.put(
                    outcome,
                    Timer.builder("hamster.cache.load")
                            .description("Time that a loader took")
                            .tags(tags)
                            .tag("outcome", outcome.text())
                            .register(registry));
        }
    }

    void record(Duration took, LoadOutcome outcome) {
        requireNonNull(timers.get(outcome)).record(took);
    }
}
