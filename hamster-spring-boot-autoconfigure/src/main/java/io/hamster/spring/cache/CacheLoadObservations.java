package io.hamster.spring.cache;

import io.hamster.cache.CacheListener;
import io.hamster.cache.HamsterCache;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An observation for each load, under the one of whoever asked for the key, and open while the loader runs, so that what
 * the loader does is seen under it. A refresh that nobody's observation led to isn't observed: it would be a trace of its
 * own, about nobody's request.
 */
final class CacheLoadObservations implements CacheListener {

    private static final CacheLoadObservationConvention DEFAULT = new CacheLoadObservationConvention() {};

    private final Supplier<ObservationRegistry> registry;
    private final CacheLoadObservationConvention convention;

    CacheLoadObservations(Supplier<ObservationRegistry> registry, Optional<CacheLoadObservationConvention> convention) {
        this.registry = registry;
        this.convention = convention.orElse(DEFAULT);
    }

    @Override
    public void created(HamsterCache<?, ?> cache) {
        // Only loads are observed.
    }

    @Override
    public Loading loading(String cache, Collection<?> keys, boolean isRefresh) {
        ObservationRegistry known = registry.get();
        if (isRefresh && known.getCurrentObservation() == null) {
            return Loading.UNWATCHED;
        }
        CacheLoadContext context = new CacheLoadContext(cache, keys.size(), isRefresh);
        Observation observation = Observation.start(convention, () -> context, known);
        return new Observed(context, observation, observation.openScope());
    }

    private record Observed(CacheLoadContext context, Observation observation, Observation.Scope scope)
            implements Loading {

        @Override
        public void returned() {
            scope.close();
        }

        @Override
        public void ended(Duration took, Optional<Throwable> error) {
            context.ended(LoadOutcome.of(error));
            error.ifPresent(observation::error);
            observation.stop();
        }
    }
}
