package io.hamster.spring.cluster;

import io.hamster.cluster.RemoteCallListener;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An observation on each side of a remote call. Where tracing is present its handlers put the trace into the call's
 * headers here and take it from them there, so that the trace goes on.
 */
final class RemoteCallObservations implements RemoteCallListener {

    private static final RemoteCallObservationConvention CALL = new RemoteCallObservationConvention() {};
    private static final RemoteFunctionObservationConvention FUNCTION = new RemoteFunctionObservationConvention() {};

    private final Supplier<ObservationRegistry> registry;
    private final RemoteCallObservationConvention calls;
    private final RemoteFunctionObservationConvention functions;

    RemoteCallObservations(
            Supplier<ObservationRegistry> registry,
            Optional<RemoteCallObservationConvention> calls,
            Optional<RemoteFunctionObservationConvention> functions) {
        this.registry = registry;
        this.calls = calls.orElse(CALL);
        this.functions = functions.orElse(FUNCTION);
    }

    @Override
    public Outgoing calling(String node, String function, Map<String, String> headers) {
        RemoteCallContext context = new RemoteCallContext(node, function, headers);
        Observation observation = Observation.start(calls, () -> context, registry.get());
        return (took, error) -> {
            context.ended(RemoteCallOutcome.of(error));
            end(observation, error);
        };
    }

    @Override
    public Incoming running(String caller, String function, Map<String, String> headers) {
        RemoteFunctionContext context = new RemoteFunctionContext(caller, function, headers);
        Observation observation = Observation.start(functions, () -> context, registry.get());
        Observation.Scope scope = observation.openScope();
        return error -> {
            scope.close();
            context.ended(RemoteCallOutcome.ofFunction(error));
            end(observation, error);
        };
    }

    private static void end(Observation observation, Optional<Throwable> error) {
        error.ifPresent(observation::error);
        observation.stop();
    }
}
