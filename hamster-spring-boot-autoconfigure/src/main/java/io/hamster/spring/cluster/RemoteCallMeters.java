package io.hamster.spring.cluster;

import io.hamster.cluster.RemoteCallListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.function.Supplier;

/** The timer of remote calls, where no observation makes it. */
final class RemoteCallMeters implements RemoteCallListener {

    private final Supplier<MeterRegistry> registry;

    RemoteCallMeters(Supplier<MeterRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public Outgoing calling(String node, String function, Map<String, String> headers) {
        return (took, error) -> Timer.builder("hamster.rpc")
                .description("Remote calls made by this node")
                .tag("function", function)
                .tag("outcome", RemoteCallOutcome.of(error))
                .register(registry.get())
                .record(took);
    }
}
