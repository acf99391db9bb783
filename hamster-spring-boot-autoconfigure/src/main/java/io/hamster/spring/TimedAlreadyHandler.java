package io.hamster.spring.lock;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;

/**
 * Takes acquisitions from the handler that makes meters of observations: {@link LockMeters} has timed them already, in
 * meters that exist from the start and without an observation's cost. Spring Boot gives each observation to one such
 * handler, the first that supports it.
 */
final class TimedAlreadyHandler implements MeterObservationHandler<LockAcquireContext> {

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof LockAcquireContext;
    }
}
