package io.hamster.spring.cluster;

import io.hamster.TimeSource;
import io.hamster.cluster.RemoteCallListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** The timers of remote calls, on both sides. */
final class RemoteCallMeters implements RemoteCallListener {

    private final Supplier<MeterRegistry> registry;
    private final TimeSource time;

    RemoteCallMeters(Supplier<MeterRegistry> registry, TimeSource time) {
        this.registry = registry;
        this.time = time;
    }

    @Override
    public Outgoing calling(String node, String function, Map<String, String> headers) {
        return (took, error) ->
                record("hamster.rpc", "Remote calls made by this node", function, RemoteCallOutcome.of(error), took);
    }

    @Override
    public Incoming running(String caller, String function, Map<String, String> headers) {
        long began = time.nanoTime();
        return error -> record(
                "hamster.rpc.function",
                "Functions run by this node for others' remote calls and its own",
                function,
                RemoteCallOutcome.ofFunction(error),
                Duration.ofNanos(time.nanoTime() - began));
    }

    private void record(String name, String description, String function, String outcome, Duration took) {
        Timer.builder(name)
                .description(description)
                .tag("function", function)
                .tag("outcome", outcome)
                .register(registry.get())
                .record(took);
    }
}
