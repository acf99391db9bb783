package io.hamster.spring.redis;

import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.tracing.LettuceObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;

/**
 * Keeps Lettuce from observing Hamster's own commands. Most are renewals, heartbeats and elections, each of which would be
 * a trace of its own about nobody's request; what the others are for has an observation. The application's commands are
 * observed as before.
 */
final class OwnCommandsUnobserved implements ObservationPredicate {

    @Override
    public boolean test(String name, Observation.Context context) {
        return !(context instanceof LettuceObservationContext redis && redis.hasCommand() && isOwn(redis));
    }

    private static boolean isOwn(LettuceObservationContext redis) {
        return CommandWrapper.unwrap(redis.getRequiredCommand(), OwnCommand.class) != null;
    }
}
