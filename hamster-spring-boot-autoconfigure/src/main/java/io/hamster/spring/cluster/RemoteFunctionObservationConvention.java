package io.hamster.spring.cluster;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names observations of remote calls on the answering side. A bean of this type takes the default's place:
 * {@code hamster.rpc.function} with {@code function} and {@code outcome}, and for traces {@code caller}.
 */
public interface RemoteFunctionObservationConvention extends ObservationConvention<RemoteFunctionContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof RemoteFunctionContext;
    }

    @Override
    default String getName() {
        return "hamster.rpc.function";
    }

    @Override
    default String getContextualName(RemoteFunctionContext context) {
        return context.function() + " run";
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(RemoteFunctionContext context) {
        return KeyValues.of(
                "function", context.function(), "outcome", context.outcome().orElse(KeyValue.NONE_VALUE));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(RemoteFunctionContext context) {
        return KeyValues.of("caller", context.caller());
    }
}
