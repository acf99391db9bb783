package io.hamster.spring.hash;

import io.hamster.HamsterException;
import io.hamster.hash.HashFunction;
import io.hamster.hash.Peer;
import io.hamster.hash.Replicas;
import io.hamster.hash.RingPeerPicker;
import io.hamster.hash.RingPeerPickerBuilder;
import io.hamster.hash.RingProfile;
import io.hamster.hash.StandardHash;
import io.hamster.hash.health.HttpPeerHealthChecker;
import io.hamster.hash.health.ProbeSettings;
import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the ring.
 *
 * @param enabled Whether there is a peer picker.
 * @param source Where the peers come from.
 * @param profile How keys and peers are placed. Those named after another system agree with it.
 * @param function Hash function. By default a HashFunction bean if there is one, else the profile's own. The profiles
 *     ketama and envoy have a fixed one.
 * @param replicas Virtual nodes per peer of weight 100, 1 to 1000, or auto to follow the number of peers. By default
 *     150, with groupcache 50. The profiles ketama, envoy and maglev have a number of their own.
 * @param peers The peers, the same list on every instance, for the source static: of each its id, address and
 *     weight (100 unless set). None unless set.
 * @param discovery The source discovery.
 * @param maxAlternatives How many peers after a dead owner are tried; 0 to 1000.
 * @param minAlivePeers How many peers have to be alive for the picker to be healthy; 0 or more.
 * @param loadFactor How far above its fair part of the running requests a peer may go before acquire passes it over;
 *     above 1 to 100, such as 1.25. Unbounded if not set.
 * @param singleflight Whether concurrent picks of one key share one. Costs more than it saves on the local ring; a
 *     PeerPicker bean of one's own isn't affected, wrap that in a SingleflightPeerPicker.
 * @param envoy The profile envoy.
 * @param maglev The profile maglev.
 * @param healthCheck Probing of the peers.
 * @param loadBalancer The ring as a Spring Cloud load balancer.
 */
@ConfigurationProperties("hamster.hash")
public record HamsterHashProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("static") PeerSource source,
        @DefaultValue("hamster") ProfileName profile,
        @Nullable StandardHash function,
        @Nullable String replicas,
        @DefaultValue List<PeerProperties> peers,
        @DefaultValue Discovery discovery,
        @DefaultValue("5") int maxAlternatives,
        @DefaultValue("1") int minAlivePeers,
        @Nullable Double loadFactor,
        @DefaultValue("false") boolean singleflight,
        @DefaultValue Envoy envoy,
        @DefaultValue Maglev maglev,
        @DefaultValue HealthCheck healthCheck,
        @DefaultValue LoadBalancer loadBalancer) {

    private static final String PREFIX = "hamster.hash.";
    private static final Replicas HAMSTER_REPLICAS = Replicas.of(150);
    private static final Replicas GROUPCACHE_REPLICAS = Replicas.of(50);

    /**
     * Checks the values.
     *
     * @param enabled whether there is a peer picker
     * @param source where the peers come from
     * @param profile how keys and peers are placed
     * @param function hash function
     * @param replicas virtual nodes per peer of weight 100
     * @param peers the peers
     * @param discovery the source discovery
     * @param maxAlternatives how many peers after a dead owner are tried
     * @param minAlivePeers how many peers have to be alive
     * @param loadFactor bound of a peer's load
     * @param singleflight whether picks are shared
     * @param envoy the profile envoy
     * @param maglev the profile maglev
     * @param healthCheck probing of the peers
     * @param loadBalancer the ring as a load balancer
     * @throws HamsterConfigurationException if a value isn't allowed, or doesn't go with another
     */
    public HamsterHashProperties {
        if (source != PeerSource.STATIC && !peers.isEmpty()) {
            throw new HamsterConfigurationException(
                    PREFIX + "source is '" + text(source) + "', but " + PREFIX + "peers lists peers.",
                    "Leave the list out, or set " + PREFIX + "source to static.");
        }
        if (source == PeerSource.CLUSTER && healthCheck.enabled()) {
            throw new HamsterConfigurationException(
                    PREFIX + "health-check.enabled is true, but with " + PREFIX
                            + "source=cluster the cluster tells who is alive.",
                    "Leave the health check out, or take the peers from another source.");
        }
        if (function != null && !profile.hasFunction()) {
            throw fixed("function", function.toString(), profile);
        }
        if (replicas != null) {
            if (!profile.hasReplicas()) {
                throw fixed("replicas", replicas, profile);
            }
            check("replicas", () -> Replicas.parse(replicas));
        }
        RingPeerPickerBuilder builder = RingPeerPicker.builder();
        check("max-alternatives", () -> builder.maxAlternatives(maxAlternatives));
        check("min-alive-peers", () -> builder.minAlivePeers(minAlivePeers));
        if (loadFactor != null) {
            check("load-factor", () -> builder.loadFactor(loadFactor));
        }
        peers = List.copyOf(peers);
        toPeers(peers);
    }

    static String text(PeerSource source) {
        return source.name().toLowerCase(Locale.ROOT);
    }

    List<Peer> toPeers() {
        return toPeers(peers);
    }

    /** For Hamster's own checkers, each with the addresses it takes; another one may know others. */
    void requireAddresses(Consumer<Peer> requirement) {
        List<Peer> all = toPeers();
        for (int i = 0; i < all.size(); i++) {
            Peer peer = all.get(i);
            check("peers[" + i + "].address", () -> {
                requirement.accept(peer);
                return peer;
            });
        }
    }

    RingProfile toProfile(Supplier<@Nullable HashFunction> bean) {
        HashFunction chosen = function != null || !profile.hasFunction() ? function : bean.get();
        Replicas number = replicas != null
                ? Replicas.parse(replicas)
                : profile == ProfileName.GROUPCACHE ? GROUPCACHE_REPLICAS : HAMSTER_REPLICAS;
        HashFunction crc32 = chosen != null ? chosen : StandardHash.CRC32;
        return switch (profile) {
            case HAMSTER -> RingProfile.hamster(crc32, number);
            case GROUPCACHE -> RingProfile.groupcache(crc32, number);
            case GO_HAMSTER -> RingProfile.goHamster(crc32, number);
            case KETAMA -> RingProfile.ketama();
            case ENVOY -> RingProfile.envoy(envoy.minimumRingSize(), envoy.maximumRingSize());
            case MAGLEV -> RingProfile.maglev(chosen != null ? chosen : StandardHash.XXH64, maglev.tableSize());
        };
    }

    private static List<Peer> toPeers(List<PeerProperties> configured) {
        List<Peer> peers = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < configured.size(); i++) {
            PeerProperties properties = configured.get(i);
            Peer peer = checked("peers[" + i + "]", properties, PeerProperties::toPeer);
            if (!ids.add(peer.id())) {
                throw new HamsterConfigurationException(
                        PREFIX + "peers[" + i + "].id is '" + peer.id() + "', as is that of another peer.",
                        "Give each peer an id of its own.");
            }
            peers.add(peer);
        }
        return peers;
    }

    private static HamsterConfigurationException fixed(String property, String value, ProfileName profile) {
        return new HamsterConfigurationException(
                PREFIX + property + " is '" + value + "', but the profile '" + profile + "' has its own.",
                "Leave " + PREFIX + property + " out, or choose the profile hamster.");
    }

    static void check(String property, Supplier<?> use) {
        checked(property, use, Supplier::get);
    }

    private static <T, R> R checked(String property, T value, Function<T, R> use) {
        try {
            return use.apply(value);
        } catch (HamsterException | IllegalArgumentException e) {
            throw new HamsterConfigurationException(
                    PREFIX + property + " isn't allowed: " + e.getMessage() + ".", "Correct the property.", e);
        }
    }

    /**
     * A peer.
     *
     * @param id What identifies it and decides its place on the ring; unique.
     * @param address Where it is reached, as host:port.
     * @param weight Its share relative to the other peers, 0 to 1000000; 0 gets no traffic.
     */
    public record PeerProperties(
            @Nullable String id,
            @Nullable String address,
            @DefaultValue("100") int weight) {

        Peer toPeer() {
            return new Peer(id == null ? "" : id, address == null ? "" : address, weight);
        }
    }

    /**
     * Peers from Spring Cloud's discovery client.
     *
     * @param serviceId The service whose instances are the peers. By default spring.application.name.
     * @param interval How often its instances are asked for, besides whenever the discovery client tells of a change;
     *     100ms to 1d.
     * @param timeout How long the start of the application waits for the first answer, and after what time an
     *     unanswered question is a problem to show in health; 1ms to 1h.
     */
    public record Discovery(
            @Nullable String serviceId,
            @DefaultValue("30s") Duration interval,
            @DefaultValue("10s") Duration timeout) {

        private static final Duration SHORTEST = Duration.ofMillis(100);
        private static final Duration LONGEST = Duration.ofDays(1);
        private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
        private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

        /**
         * Checks the values.
         *
         * @param serviceId the service
         * @param interval how often its instances are asked for
         * @param timeout how long an answer may take
         * @throws HamsterConfigurationException if the name is blank, or the interval or timeout out of range
         */
        public Discovery {
            if (serviceId != null && serviceId.isBlank()) {
                throw new HamsterConfigurationException(
                        PREFIX + "discovery.service-id is blank.",
                        "Name the service, or leave the property out for spring.application.name.");
            }
            if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
                throw new HamsterConfigurationException(
                        PREFIX + "discovery.interval is " + interval.toMillis() + "ms.",
                        "Set it to a value from 100ms to 1d.");
            }
            if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new HamsterConfigurationException(
                        PREFIX + "discovery.timeout is " + timeout.toMillis() + "ms.",
                        "Set it to a value from 1ms to 1h.");
            }
        }
    }

    /**
     * The profile envoy.
     *
     * @param minimumRingSize Envoy's minimum_ring_size; 1 to 8388608.
     * @param maximumRingSize Envoy's maximum_ring_size; from the minimum to 8388608.
     */
    public record Envoy(
            @DefaultValue("1024") int minimumRingSize,
            @DefaultValue("8388608") int maximumRingSize) {

        /**
         * Checks the values.
         *
         * @param minimumRingSize the fewest points
         * @param maximumRingSize the most points
         * @throws HamsterConfigurationException if one is out of range
         */
        public Envoy {
            check("envoy.maximum-ring-size", () -> RingProfile.envoy(1, maximumRingSize));
            check("envoy.minimum-ring-size", () -> RingProfile.envoy(minimumRingSize, maximumRingSize));
        }
    }

    /**
     * The profile maglev.
     *
     * @param tableSize Entries of the table, a prime from 2 to 5000011; a hundred times the number of peers or more.
     */
    public record Maglev(@DefaultValue("65537") int tableSize) {

        /**
         * Checks the value.
         *
         * @param tableSize entries of the table
         * @throws HamsterConfigurationException if it is out of range or not prime
         */
        public Maglev {
            check("maglev.table-size", () -> RingProfile.maglev(StandardHash.XXH64, tableSize));
        }
    }

    /** How a peer is probed. */
    public enum CheckType {
        /** By a TCP connection. */
        TCP,
        /** By a GET of the path. */
        HTTP
    }

    /**
     * Probing of the peers.
     *
     * @param enabled Whether peers are probed at their addresses. Otherwise they are alive until the application says
     *     that they aren't.
     * @param type How a peer is probed.
     * @param path The path to get for type http; answered with a status from 200 to 299 by a peer that is alive. Not a
     *     path whose answer depends on the health part peers, such as /actuator/health: dead peers could stay dead.
     * @param interval From one round of probes to the next; 100ms to 1d.
     * @param timeout How long a probe may take; 1ms to the interval.
     * @param rise How many probes in a row have to succeed for a dead peer to be alive; 1 to 100.
     * @param fall How many probes in a row have to fail for an alive peer to be dead; 1 to 100.
     * @param concurrency How many probes may run at once; 1 to 1000. With many peers raise it, so that peers / concurrency
     *     * timeout is within the interval.
     */
    public record HealthCheck(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("tcp") CheckType type,
            @DefaultValue("/actuator/health/liveness") String path,
            @DefaultValue("30s") Duration interval,
            @DefaultValue("2s") Duration timeout,
            @DefaultValue("2") int rise,
            @DefaultValue("3") int fall,
            @DefaultValue("8") int concurrency) {

        /**
         * Checks the values.
         *
         * @param enabled whether peers are probed
         * @param type how a peer is probed
         * @param path the path to get
         * @param interval from one round to the next
         * @param timeout how long a probe may take
         * @param rise successes in a row that make a peer alive
         * @param fall failures in a row that make a peer dead
         * @param concurrency how many probes may run at once
         * @throws HamsterConfigurationException if a value is out of range
         */
        public HealthCheck {
            check("health-check.interval", () -> new ProbeSettings(interval, Duration.ofMillis(1), 1, 1, 1));
            check("health-check.timeout", () -> new ProbeSettings(interval, timeout, 1, 1, 1));
            check("health-check.rise", () -> new ProbeSettings(interval, timeout, rise, 1, 1));
            check("health-check.fall", () -> new ProbeSettings(interval, timeout, 1, fall, 1));
            check("health-check.concurrency", () -> new ProbeSettings(interval, timeout, 1, 1, concurrency));
            check("health-check.path", () -> {
                HttpPeerHealthChecker.requirePath(path);
                return path;
            });
        }

        ProbeSettings toSettings() {
            return new ProbeSettings(interval, timeout, rise, fall, concurrency);
        }
    }
    /**
     * The ring as a Spring Cloud load balancer, with or without a peer picker.
     *
     * @param enabled Whether Spring Cloud LoadBalancer's clients choose instances by consistent hashing.
     * @param header Request header whose value is the key; requests without it go to the instances in turn.
     * @param services Services to balance that way; all of them if empty.
     */
    public record LoadBalancer(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("X-Hash-Key") String header,
            @DefaultValue List<String> services) {

        /**
         * Checks the values.
         *
         * @param enabled whether instances are chosen by consistent hashing
         * @param header the request header
         * @param services names of services
         * @throws HamsterConfigurationException if the header is blank
         */
        public LoadBalancer {
            if (header.isBlank()) {
                throw new HamsterConfigurationException(
                        PREFIX + "load-balancer.header is blank.", "Name the request header that holds the key.");
            }
            services = List.copyOf(services);
        }
    }
}
