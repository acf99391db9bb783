package io.hamster.spring.cache;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names observations of loads. A bean of this type takes the default's place: {@code hamster.cache.load} with
 * {@code cache} and {@code outcome}, and for traces {@code refresh} and {@code keys}, which is a number.
 */
public interface CacheLoadObservationConvention extends ObservationConvention<CacheLoadContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof CacheLoadContext;
    }

    @Override
    default String getName() {
        return "hamster.cache.load";
    }

    @Override
    default String getContextualName(CacheLoadContext context) {
        return "cache load";
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(CacheLoadContext context) {
        return KeyValues.of(
                "cache",
                context.cache(),
                "outcome",
                context.outcome().map(LoadOutcome::text).orElse(KeyValue.NONE_VALUE));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(CacheLoadContext context) {
        return KeyValues.of("keys", String.valueOf(context.keyCount()), "refresh", String.valueOf(context.isRefresh()));
    }
}
