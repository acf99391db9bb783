package io.hamster.spring.lock;

import static java.util.Objects.requireNonNull;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockListener;
import io.hamster.lock.LockStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Meters of locks: {@code hamster.lock.acquire} (timer by outcome), {@code .hold} (timer), {@code .lost} (counter by
 * reason), {@code .contended} (counter), {@code .contention}, {@code .held}, {@code .waiting} and {@code .store.up} (gauges), each
 * with the store's name. Keys are never tags: there is no bound to their number.
 *
 * <p>Every meter exists from the start, with 0, so that an alert on it can tell silence from absence.
 */
final class LockMeters implements MeterBinder, LockListener {

    private final Supplier<LockClient> client;
    private final Supplier<LockStoreInfo> info;
    private final Supplier<Optional<LockStoreHealth>> health;
    private final List<Bound> bound = new CopyOnWriteArrayList<>();

    /** The client is asked for when a gauge is read: it may be made later, and with this as its listener. */
    LockMeters(Supplier<LockClient> client, Supplier<LockStoreInfo> info, Supplier<Optional<LockStoreHealth>> health) {
        this.client = client;
        this.info = info;
        this.health = health;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags store = Tags.of("store", info.get().name());
        gauge(registry, store, "held", "Locks held now", LockStats::held);
        gauge(registry, store, "waiting", "Requests that wait now", LockStats::waiting);
        gauge(
                registry,
                store,
                "contention",
                "Share of requests whose lock was held when they first asked",
                LockStats::contentionRate);
        Gauge.builder("hamster.lock.store.up", health, known -> isUp(known.get()) ? 1 : 0)
                .description("1 while the store can be reached, as far as is known, else 0")
                .tags(store)
                .strongReference(true)
                .register(registry);
        bound.add(new Bound(registry, store));
    }

    /** A store that has nothing to say of itself is in this JVM. */
    private static boolean isUp(Optional<LockStoreHealth> known) {
        return known.map(LockStoreHealth::isUp).orElse(true);
    }

    private void gauge(
            MeterRegistry registry, Tags store, String name, String about, ToDoubleFunction<LockStats> value) {
        Gauge.builder(
                        "hamster.lock." + name,
                        client,
                        source -> value.applyAsDouble(source.get().admin().stats()))
                .description(about)
                .tags(store)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void requested(String key, Outcome outcome, boolean contended, long waitNanos) {
        for (Bound one : bound) {
            one.requested(outcome, contended, waitNanos);
        }
    }

    @Override
    public void released(String key, long holdNanos) {
        for (Bound one : bound) {
            one.hold.record(holdNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void lost(String key, Loss loss, long holdNanos) {
        for (Bound one : bound) {
            one.lost(loss, holdNanos);
        }
    }

    private static final class Bound {

        private final Map<Outcome, Timer> acquire = new EnumMap<>(Outcome.class);
        private final Map<Loss, Counter> lost = new EnumMap<>(Loss.class);
        private final Timer hold;
        private final Counter contended;

        private Bound(MeterRegistry registry, Tags store) {
            for (Outcome outcome : Outcome.values()) {
                acquire.put(
                        outcome,
                        Timer.builder("hamster.lock.acquire")
                                .description("Time from a request to its end")
                                .tags(store.and(tag("outcome", outcome)))
                                .register(registry));
            }
            for (Loss loss : Loss.values()) {
                lost.put(
                        loss,
                        Counter.builder("hamster.lock.lost")
                                .description("Locks that ended without their holder's doing")
                                .tags(store.and(tag("reason", loss)))
                                .register(registry));
            }
            hold = Timer.builder("hamster.lock.hold")
                    .description("Time from a grant to its end")
                    .tags(store)
                    .register(registry);
            contended = Counter.builder("hamster.lock.contended")
                    .description("Requests whose lock was held when they first asked")
                    .tags(store)
                    .register(registry);
        }

        private static Tag tag(String name, Enum<?> value) {
            return Tag.of(name, value.name().toLowerCase(Locale.ROOT));
        }

        private void requested(Outcome outcome, boolean wasContended, long waitNanos) {
            requireNonNull(acquire.get(outcome)).record(waitNanos, TimeUnit.NANOSECONDS);
            if (wasContended) {
                contended.increment();
            }
        }

        private void lost(Loss loss, long holdNanos) {
            requireNonNull(lost.get(loss)).increment();
            hold.record(holdNanos, TimeUnit.NANOSECONDS);
        }
    }
}
