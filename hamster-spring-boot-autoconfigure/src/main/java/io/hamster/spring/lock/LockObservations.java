package io.hamster.spring.lock;

import io.hamster.lock.LockListener.Outcome;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Optional;
import java.util.function.Supplier;

/** An observation for each acquisition, under the one of the thread that asks. */
final class LockObservations implements AcquisitionObserver {

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
        LockAcquireContext context = new LockAcquireContext(key, info.get().name());
        Observation observation = Observation.start(convention, () -> context, registry.get());
        return (outcome, failure) -> {
            context.ended(outcome);
            if (outcome == Outcome.UNAVAILABLE) {
                failure.ifPresent(observation::error);
            }
            observation.stop();
        };
    }
}
