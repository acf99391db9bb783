package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.WriteBackStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The meters of one cache's write-back, beside those that all caches have. */
final class WriteBackMetrics implements MeterBinder {

    private final HamsterCache<?, ?> cache;
    private final WriteBackFigures figures;
    private final Tags tags;

    /**
     * Creates the binder.
     *
     * @param tags those of the cache's other meters
     */
    WriteBackMetrics(HamsterCache<?, ?> cache, WriteBackFigures figures, Tags tags) {
        this.cache = cache;
        this.figures = figures;
        this.tags = tags.and("cache", cache.name());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(
                "hamster.writeback.dirty",
                WriteBackStats::dirty,
                "Entries that still have to be written, dead letters among" + " them",
                registry);
        gauge(
                "hamster.writeback.dead",
                WriteBackStats::dead,
                "Dead letters: writes that were given up for now",
                registry);
        gauge(
                "hamster.writeback.damaged",
                WriteBackStats::damaged,
                "Stretches of the journal that couldn't be read",
                registry);
        flushes("success", WriteBackStats::flushed, registry);
        flushes("failure", WriteBackStats::failures, registry);
    }

    private void gauge(String name, ToLongFunction<WriteBackStats> figure, String description, MeterRegistry registry) {
        Gauge.builder(name, cache, of(figure, Double.NaN))
                .tags(tags)
                .description(description)
                .baseUnit(BaseUnits.OBJECTS)
                .register(registry);
    }

    private void flushes(String result, ToLongFunction<WriteBackStats> figure, MeterRegistry registry) {
        FunctionCounter.builder("hamster.writeback.flush", cache, of(figure, 0))
                .tags(tags)
                .tag("result", result)
                .description("Attempts of this instance to write an entry to its source")
                .register(registry);
    }

    private ToDoubleFunction<HamsterCache<?, ?>> of(ToLongFunction<WriteBackStats> figure, double unknown) {
        return measured -> {
            WriteBackStats stats =
                    figures.of(measured).map(WriteBackFigures.Figures::stats).orElse(null);
            return stats == null ? unknown : figure.applyAsLong(stats);
        };
    }
}
