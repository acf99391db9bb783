package io.hamster.cache.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.StoredEntry;
import io.hamster.testing.ManualTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes that load and change keys while messages are late, lost or thought so and out of order, and views change at each
 * node at a moment of its own: whatever the order, nobody is handed what was loaded before a change that had been confirmed
 * to it.
 */
class LeaseHistoryTests {

    private static final List<String> NODES = List.of("a", "b", "c", "d");
    private static final List<String> KEYS = List.of("k", "l", "m");
    private static final Duration TTL = Duration.ofSeconds(5);
    /** Over before some who wait come for it. */
    private static final Duration SHORT_LIFE = Duration.ofMillis(1);

    private static final int STEPS = 4000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void nothingOlderThanAConfirmedChangeIsHandedOn(long seed) {
        Run run = new Run(seed);

        run.go();

        assertThat(run.violations).isEmpty();
    }

    @Test
    void theRunsHaveSomethingToShow() {
        int hits = 0;
        int expired = 0;
        int confirmed = 0;
        int views = 0;
        int bundles = 0;
        for (long seed = 1; seed <= 20; seed++) {
            Run run = new Run(seed);
            run.go();
            hits += run.hits;
            expired += run.expired;
            confirmed += run.confirmed;
            views += run.views;
            bundles += run.bundles;
        }

        assertThat(hits).isGreaterThan(500);
        assertThat(expired).isGreaterThan(10);
        assertThat(confirmed).isGreaterThan(500);
        assertThat(views).isGreaterThan(500);
        assertThat(bundles).isGreaterThan(500);
    }

    /** One history; all of it on the test's thread. */
    private static final class Run {

        private final Random random;
        private final ManualTime time = new ManualTime();
        private final TestRing ring = new TestRing(time);
        private final Map<String, Node> nodes = new HashMap<>();
        private final List<Runnable> onTheWay = new ArrayList<>();
        private final List<Runnable> loading = new ArrayList<>();
        private final Map<String, Integer> source = new HashMap<>();
        private final List<String> violations = new ArrayList<>();
        private int hits;
        private int expired;
        private int confirmed;
        private int views;
        private int bundles;

        private Run(long seed) {
            random = new Random(seed);
            ring.requests(message -> {
                bundles += message[0] == 0 ? 1 : 0;
                return message;
            });
            KEYS.forEach(key -> source.put(key, 0));
            NODES.forEach(name -> nodes.put(name, new Node(name)));
            ring.network(onTheWay::add);
            assign();
        }

        /** A node, and from which version on it must be handed keys. */
        private final class Node {

            private final String name;
            private final CacheStore store;
            private final Map<String, Integer> floor = new HashMap<>();
            private LeaseChannel.View view = LeaseChannel.View.none();
            private LeaseChannel.@Nullable View next;

            private Node(String name) {
                this.name = name;
                this.store = ring.leases(name).open("books", "", TTL);
            }

            private void read(String key) {
                int atLeast = floor.getOrDefault(key, 0);
                store.get(key).thenAccept(found -> {
                    if (found instanceof Lookup.Hit hit) {
                        hits++;
                        expired += hit.entry().ttl().compareTo(Duration.ofNanos(1)) == 0 ? 1 : 0;
                        int version = ByteBuffer.wrap(hit.entry().payload().orElseThrow())
                                .getInt();
                        if (version < atLeast) {
                            violations.add(name + " is handed version " + version + " of " + key + ", not " + atLeast);
                        }
                    } else if (((Lookup.Miss) found).ticket().isNew()) {
                        load(key, ((Lookup.Miss) found).ticket());
                    }
                });
            }

            private void load(String key, Ticket ticket) {
                int version = source.get(key);
                Duration life = random.nextInt(3) == 0 ? SHORT_LIFE : TTL;
                loading.add(() -> {
                    byte[] payload = ByteBuffer.allocate(4).putInt(version).array();
                    StoredEntry entry = new StoredEntry(Optional.of(payload), Duration.ZERO, life, life, Set.of("t"));
                    switch (random.nextInt(8)) {
                        case 0 -> store.relay(key, Optional.empty(), ticket);
                        case 1, 2 -> store.relay(key, Optional.of(entry), ticket);
                        default -> store.publish(key, entry, ticket);
                    }
                });
            }

            /** So much at once that some of it goes together. */
            private void readMuch() {
                for (int i = 0; i < 3 * Outbox.MOST_UNDER_WAY; i++) {
                    read(KEYS.get(random.nextInt(KEYS.size())));
                }
            }

            /** What is confirmed is known to this node, and to all of a view in which this node was all the while. */
            private void change(String key) {
                int version = source.merge(key, 1, Integer::sum);
                LeaseChannel.View before = view;
                (random.nextInt(4) == 0 ? store.invalidateTags(Set.of("t")) : store.invalidate(List.of(key)))
                        .thenAccept(done -> {
                            confirmed++;
                            floor.merge(key, version, Math::max);
                            if (view == before) {
                                before.members()
                                        .forEach(member ->
                                                nodes.get(member).floor.merge(key, version, Math::max));
                            }
                        });
            }

            private void enter() {
                if (next != null) {
                    view = next;
                    next = null;
                    ring.enter(name, view);
                    views++;
                }
            }
        }

        private void go() {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
        }

        private void step() {
            Node node = nodes.get(NODES.get(random.nextInt(NODES.size())));
            String key = KEYS.get(random.nextInt(KEYS.size()));
            switch (random.nextInt(40)) {
                case 0 -> time.advance(Duration.ofMillis(random.nextInt(12)));
                case 1 -> {
                    if (random.nextInt(8) == 0) {
                        assign();
                    }
                }
                case 2, 3 -> node.enter();
                case 4 -> {
                    if (!onTheWay.isEmpty() && random.nextInt(3) == 0) {
                        onTheWay.remove(random.nextInt(onTheWay.size()));
                    }
                }
                case 5, 6 -> {
                    if (!loading.isEmpty()) {
                        loading.remove(random.nextInt(loading.size())).run();
                    }
                }
                case 7 -> node.change(key);
                case 8, 9, 10, 11 -> node.read(key);
                case 12 -> {
                    if (random.nextInt(8) == 0) {
                        node.readMuch();
                    }
                }
                case 13 -> {
                    if (random.nextInt(8) == 0) {
                        ring.losePending(node.name);
                    }
                }
                default -> {
                    if (!onTheWay.isEmpty()) {
                        onTheWay.remove(random.nextInt(onTheWay.size())).run();
                    }
                }
            }
        }

        /** Parts the nodes at random; each enters its part's view at some time, unless another one comes first. */
        private void assign() {
            List<List<String>> parts = List.of(new ArrayList<>(), new ArrayList<>());
            NODES.forEach(name -> parts.get(random.nextInt(4) == 0 ? 1 : 0).add(name));
            for (List<String> part : parts) {
                LeaseChannel.View view = ring.newView(part.toArray(String[]::new));
                part.forEach(name -> nodes.get(name).next = view);
            }
        }
    }
}
