package io.hamster.spring.cluster;

import io.hamster.cluster.RemoteCallListener;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An observation on each side of a remote call. Where tracing is present its handlers put the trace into the call's
 * headers here and take it from them there, so that the trace goes on; where metrics are, they make the timer.
 */
final class RemoteCallObservations implements RemoteCallListener {

    static final String CALL = "hamster.rpc";
    static final String FUNCTION = "hamster.rpc.function";

    private final Supplier<ObservationRegistry> registry;

    RemoteCallObservations(Supplier<ObservationRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public Outgoing calling(String node, String function, Map<String, String> headers) {
        SenderContext<Map<String, String>> context =
                new SenderContext<>((carrier, name, value) -> headers.put(name, value), Kind.CLIENT);
        context.setCarrier(headers);
        context.setRemoteServiceName(node);
        Observation observation = Observation.createNotStarted(CALL, () -> context, registry.get())
                .contextualName(function + " call")
                .lowCardinalityKeyValue("function", function)
                .highCardinalityKeyValue("node", node)
                .start();
        return (took, error) -> {
            context.addLowCardinalityKeyValue(KeyValue.of("outcome", RemoteCallOutcome.of(error)));
            end(observation, error);
        };
    }

    @Override
    public Incoming running(String caller, String function, Map<String, String> headers) {
        ReceiverContext<Map<String, String>> context =
                new ReceiverContext<>((carrier, name) -> headers.get(name), Kind.SERVER);
        context.setCarrier(headers);
        context.setRemoteServiceName(caller);
        Observation observation = Observation.createNotStarted(FUNCTION, () -> context, registry.get())
                .contextualName(function + " run")
                .lowCardinalityKeyValue("function", function)
                .highCardinalityKeyValue("caller", caller)
                .start();
        Observation.Scope scope = observation.openScope();
        return error -> {
            scope.close();
            context.addLowCardinalityKeyValue(KeyValue.of("outcome", error.isPresent() ? "failed" : "ok"));
            end(observation, error);
        };
    }

    private static void end(Observation observation, Optional<Throwable> error) {
        error.ifPresent(observation::error);
        observation.stop();
    }
}
