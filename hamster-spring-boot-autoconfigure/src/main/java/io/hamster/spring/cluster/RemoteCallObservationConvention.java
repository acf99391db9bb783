package io.hamster.spring.cluster;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names observations of remote calls on the calling side. A bean of this type takes the default's place:
 * {@code hamster.rpc} with {@code function} and {@code outcome}, and for traces {@code node}.
 */
public interface RemoteCallObservationConvention extends ObservationConvention<RemoteCallContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof RemoteCallContext;
    }

    @Override
    default String getName() {
        return "hamster.rpc";
    }

    @Override
    default String getContextualName(RemoteCallContext context) {
        return context.function() + " call";
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(RemoteCallContext context) {
        return KeyValues.of(
                "function", context.function(), "outcome", context.outcome().orElse(KeyValue.NONE_VALUE));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(RemoteCallContext context) {
        return KeyValues.of("node", context.node());
    }
}
