package io.hamster.spring.lock;

import io.hamster.lock.LockListener.Outcome;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An observation for each acquisition, under the one of the thread that asks. What the application's conventions, filters
 * and handlers throw stays here: it must not come between a granted lock and its caller.
 */
final class LockObservations implements AcquisitionObserver {

    private static final Logger LOG = LoggerFactory.getLogger(LockObservations.class);
    private static final LockAcquireObservationConvention DEFAULT = new LockAcquireObservationConvention() {};

    private final Supplier<ObservationRegistry> registry;
    private final Supplier<LockStoreInfo> info;
    private final LockAcquireObservationConvention convention;

    LockObservations(
            Supplier<ObservationRegistry> registry,
            Supplier<LockStoreInfo> info,
            Optional<LockAcquireObservationConvention> convention) {
        this.registry = registry;
        this.info = info;
        this.convention = convention.orElse(DEFAULT);
    }

    @Override
    public Started started(String key) {
        try {
            LockAcquireContext context = new LockAcquireContext(key, info.get().name());
            Observation observation = Observation.start(convention, () -> context, registry.get());
            return (outcome, failure) -> end(context, observation, outcome, failure);
        } catch (Throwable e) {
            LOG.warn("A lock's acquisition couldn't be observed", e);
            return NONE.started(key);
        }
    }

    private static void end(
            LockAcquireContext context, Observation observation, Outcome outcome, Optional<Throwable> failure) {
        try {
            context.ended(outcome);
            if (outcome == Outcome.UNAVAILABLE) {
                failure.ifPresent(observation::error);
            }
            observation.stop();
        } catch (Throwable e) {
            LOG.warn("The observation of a lock's acquisition couldn't be ended", e);
        }
    }
}
