package io.hamster.spring.hash;

import io.hamster.hash.PeerPicker;
import io.hamster.hash.SingleflightPeerPicker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** Meters of the ring. */
final class RingMeters implements MeterBinder {

    private final PeerPicker picker;
    private final PickSamples samples;
    private final AtomicLong picks = new AtomicLong();

    RingMeters(PeerPicker picker, PickSamples samples) {
        this.picker = picker;
        this.samples = samples;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder(
                        "hamster.ring.failovers",
                        picker,
                        counted -> counted.stats().failovers())
                .description("How often a dead peer's keys began to go to others")
                .register(registry);
        Gauge.builder("hamster.ring.balance", picker, gauged -> gauged.stats().loadBalance())
                .description("How evenly the ring divides keys: 1 is even, below 0.8 is worth a look")
                .register(registry);
        peers(registry, "alive", PeerPicker::alivePeerCount);
        peers(registry, "dead", counted -> counted.peerCount() - counted.alivePeerCount());
        if (samples.isUsed()) {
            FunctionTimer.builder(
                            "hamster.ring.pick",
                            this,
                            RingMeters::picks,
                            meters -> meters.samples.estimatedNanos(),
                            TimeUnit.NANOSECONDS)
                    .description("Peers picked, all of them counted; the time is estimated from one pick in "
                            + PickSamples.EVERY)
                    .register(registry);
        }
        if (picker instanceof SingleflightPeerPicker shared) {
            FunctionCounter.builder(
                            "hamster.singleflight.shared",
                            shared,
                            counted -> counted.flightStats().shared())
                    .description("Picks that were given what a concurrent pick of the same key found")
                    .register(registry);
        }
    }

    private void peers(MeterRegistry registry, String state, ToDoubleFunction<PeerPicker> count) {
        Gauge.builder("hamster.ring.peers", picker, count)
                .tag("state", state)
                .description("Peers by whether they are alive")
                .baseUnit("peers")
                .register(registry);
    }

    /** Never decreases, though the picker's own sum may for a moment while peers are removed. */
    private long picks() {
        return picks.accumulateAndGet(picker.stats().picks(), Math::max);
    }
}
