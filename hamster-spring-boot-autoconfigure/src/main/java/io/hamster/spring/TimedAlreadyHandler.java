package io.hamster.spring;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;

/**
 * Takes what is {@link TimedAlready} from the handler that makes meters of observations. Spring Boot gives each
 * observation to one such handler, the first that supports it.
 */
final class TimedAlreadyHandler implements MeterObservationHandler<Observation.Context> {

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof TimedAlready;
    }
}
