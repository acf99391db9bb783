package io.hamster.spring.lock;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import java.util.Locale;

/**
 * Names observations of acquisitions. A bean of this type takes the default's place: {@code hamster.lock.acquire} with
 * {@code store} and {@code outcome}, and no key.
 */
public interface LockAcquireObservationConvention extends ObservationConvention<LockAcquireContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof LockAcquireContext;
    }

    @Override
    default String getName() {
        return "hamster.lock.acquire";
    }

    @Override
    default String getContextualName(LockAcquireContext context) {
        return "lock acquire";
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(LockAcquireContext context) {
        String outcome = context.outcome()
                .map(known -> known.name().toLowerCase(Locale.ROOT))
                .orElse("unknown");
        return KeyValues.of("store", context.store(), "outcome", outcome);
    }
}
