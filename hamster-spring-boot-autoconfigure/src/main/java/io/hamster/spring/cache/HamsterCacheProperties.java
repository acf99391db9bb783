package io.hamster.spring.cache;

import io.hamster.cache.CachePolicy;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.cache.CachePlacements.Placement;
import io.hamster.spring.cache.CachePlacements.Refresh;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for caches.
 *
 * @param enabled Whether caches are available and annotated methods use them.
 * @param aspectOrder Order of the caching aspect: outside locks and transactions, inside leader-only and async.
 * @param springCacheManager Whether Spring's own caching (@Cacheable) runs on these caches, unless the application has
 *     a CacheManager or sets spring.cache.type.
 * @param defaults What holds for every cache that doesn't say otherwise.
 * @param caches What holds for single caches, by name: each has the properties of hamster.cache.defaults. None unless
 *     set.
 * @param remote The shared tier of caches that aren't only local.
 * @param endpoint The Actuator endpoint of caches.
 */
@ConfigurationProperties("hamster.cache")
public record HamsterCacheProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("" + DEFAULT_ASPECT_ORDER) int aspectOrder,
        @DefaultValue("true") boolean springCacheManager,
        @NestedConfigurationProperty @DefaultValue CacheSettings defaults,
        @DefaultValue Map<String, CacheSettings> caches,
        @DefaultValue Remote remote,
        @DefaultValue Endpoint endpoint) {

    /** Outside of locks, which are at {@code Integer.MAX_VALUE - 100}: a hit needs none. */
    static final int DEFAULT_ASPECT_ORDER = Integer.MAX_VALUE - 200;

    private static final String PREFIX = "hamster.cache.";

    /** Where the settings of all caches are, for messages. */
    static final String DEFAULTS = PREFIX + "defaults";

    private static final Duration LONGEST = Duration.ofMinutes(1);

    /**
     * The shared tier.
     *
     * @param enabled Whether caches may use the shared tier. Without it all of them are local and load for this JVM alone,
     *     whatever else is said of them.
     * @param commandTimeout How long the shared tier, or a journal in Redis, may take to answer before it counts as away:
     *     1ms to 1m.
     * @param coolDown Time between attempts while the shared tier, or a journal in Redis, is away: 1ms to 1m. Reads in
     *     between are answered without the tier; what needs the journal fails.
     * @param stalenessBound How long a two-level cache may serve from this JVM what another instance has changed, when
     *     messages are lost; the same for all instances: 10ms to 1m.
     */
    public record Remote(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("2s") Duration commandTimeout,
            @DefaultValue("1s") Duration coolDown,
            @DefaultValue("5s") Duration stalenessBound) {

        private static final Duration SHORTEST_BOUND = Duration.ofMillis(10);

        /**
         * Checks the values.
         *
         * @param enabled any
         * @param commandTimeout 1ms to 1m
         * @param coolDown 1ms to 1m
         * @param stalenessBound 10ms to 1m
         * @throws HamsterConfigurationException if one is out of range
         */
        public Remote {
            require("command-timeout", commandTimeout, Duration.ofMillis(1), "1ms to 1m");
            require("cool-down", coolDown, Duration.ofMillis(1), "1ms to 1m");
            require("staleness-bound", stalenessBound, SHORTEST_BOUND, "10ms to 1m");
        }

        private static void require(String name, Duration value, Duration least, String range) {
            if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
                throw new HamsterConfigurationException(
                        PREFIX + "remote." + name + " is " + value + ", which is out of range.", "Give " + range + ".");
            }
        }
    }

    /**
     * The Actuator endpoint of caches.
     *
     * @param showKeys Whether the endpoint hamstercaches shows the keys of dead letters in full; shortened otherwise.
     */
    public record Endpoint(@DefaultValue("false") boolean showKeys) {}

    /**
     * Checks every setting by making each cache's policy once. What goes with a time to live that only annotations may say
     * is checked when these are known.
     *
     * @param enabled whether there are caches
     * @param aspectOrder the aspect's order
     * @param springCacheManager whether Spring's own caching uses them
     * @param defaults for all
     * @param caches for single ones
     * @param remote checked itself
     * @param endpoint any
     * @throws io.hamster.spring.HamsterConfigurationException if a value is out of its range or contradicts another
     */
    public HamsterCacheProperties {
        caches = Map.copyOf(caches);
        check(policy(defaults, null, "", Placement.OPEN), DEFAULTS);
        for (Map.Entry<String, CacheSettings> cache : caches.entrySet()) {
            String path = path(cache.getKey());
            CacheSettings own = cache.getValue();
            CachePolicyBuilder policy = policy(defaults, own, path, presumed(own, Placement.OPEN));
            if (own.ttl() != null) {
                check(policy, path);
            }
        }
    }

    /**
     * Checks the caches that have no time to live of their own, once the methods are known that may say one.
     *
     * @param placements gives what they say
     * @throws HamsterConfigurationException if settings contradict each other
     */
    void checkBeside(Function<String, Placement> placements) {
        caches.forEach((name, own) -> {
            if (own.ttl() == null) {
                check(policy(defaults, own, path(name), presumed(own, placements.apply(name))), path(name));
            }
        });
    }

    /**
     * The policy of a cache, ready to be changed by customizers.
     *
     * @param placement what an annotation says
     */
    CachePolicyBuilder policy(String name, Placement placement) {
        return policy(defaults, caches.get(name), path(name), placement);
    }

    /** Where a cache's settings are, for messages. */
    static String path(String name) {
        boolean plain = name.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z');
        return PREFIX + "caches." + (plain ? name : "[" + name + "]");
    }

    /** The settings of a cache's Bloom guard, should it have one. */
    BloomSettings bloom(String name) {
        CacheSettings own = caches.get(name);
        BloomSettings none = new BloomSettings(null, null, null);
        return Objects.requireNonNullElse(own == null ? null : own.bloom(), none)
                .or(Objects.requireNonNullElse(defaults.bloom(), none));
    }

    /** The names of caches that are said to have a Bloom guard. */
    Set<String> guarded() {
        return caches.entrySet().stream()
                .filter(cache -> cache.getValue().bloom() != null)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The settings of a cache's write-back, should it write back. */
    WriteBackSettings writeBack(String name) {
        CacheSettings own = caches.get(name);
        return Objects.requireNonNullElse(own == null ? null : own.writeBack(), WriteBackSettings.NONE)
                .or(Objects.requireNonNullElse(defaults.writeBack(), WriteBackSettings.NONE));
    }

    Optional<Type> keyType(String name) {
        return type(name, "key-type", CacheSettings::keyType);
    }

    Optional<Type> valueType(String name) {
        return type(name, "value-type", CacheSettings::valueType);
    }

    private Optional<Type> type(String name, String property, Function<CacheSettings, @Nullable String> setting) {
        CacheSettings own = caches.get(name);
        String text = own == null ? null : setting.apply(own);
        if (text != null) {
            return Optional.of(CacheSettings.parsed(path(name) + "." + property, text));
        }
        return Optional.ofNullable(setting.apply(defaults))
                .map(common -> CacheSettings.parsed(DEFAULTS + "." + property, common));
    }

    boolean setsTtl(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.ttl() != null;
    }

    boolean setsNullTtl(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.nullTtl() != null;
    }

    boolean setsTier(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.tier() != null;
    }

    boolean setsLocalTtl(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.localTtl() != null;
    }

    boolean setsLoadScope(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.loadScope() != null;
    }

    boolean setsRefreshInterval(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.refreshInterval() != null;
    }

    boolean setsStopRefreshAfterIdle(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.stopRefreshAfterIdle() != null;
    }

    boolean setsValueType(String name) {
        CacheSettings own = caches.get(name);
        return (own != null && own.valueType() != null) || defaults.valueType() != null;
    }

    /** Whether a cache has to do with the shared tier, as far as properties and annotations tell. */
    boolean isShared(String name, Placement placement) {
        if (!remote.enabled()) {
            return false;
        }
        return usesStore(defaults, caches.get(name), placement);
    }

    /** Whether a cache tells the other instances of its changes even though they share nothing else. */
    boolean tellsOthers(String name) {
        CacheSettings own = caches.get(name);
        Boolean tells = own == null ? null : own.tellsOthers();
        return remote.enabled() && Boolean.TRUE.equals(tells == null ? defaults.tellsOthers() : tells);
    }

    private static boolean usesStore(CacheSettings defaults, @Nullable CacheSettings own, Placement placement) {
        LoadScope scope = own != null && own.loadScope() != null ? own.loadScope() : placement.loadScope();
        return tier(defaults, own, placement) != Tier.LOCAL
                || Objects.requireNonNullElse(scope, Objects.requireNonNullElse(defaults.loadScope(), LoadScope.JVM))
                        != LoadScope.JVM;
    }

    /** Whether any cache has to do with the shared tier, as far as properties tell. */
    boolean isAnyShared() {
        return isShared("", Placement.OPEN)
                || caches.keySet().stream().anyMatch(name -> isShared(name, Placement.OPEN));
    }

    private static Tier tier(CacheSettings defaults, @Nullable CacheSettings own, Placement placement) {
        if (own != null && own.tier() != null) {
            return own.tier();
        }
        return placement.tier() != null ? placement.tier() : Objects.requireNonNullElse(defaults.tier(), Tier.LOCAL);
    }

    private static CachePolicyBuilder policy(
            CacheSettings defaults, @Nullable CacheSettings own, String ownPath, Placement placement) {
        CachePolicyBuilder policy = CachePolicy.builder();
        defaults.applyTo(policy, DEFAULTS);
        boolean refreshes = own == null || !own.isRefreshOff();
        if (refreshes && refreshLeftOut(defaults, own, ownPath, placement) == null) {
            defaults.applyRefreshTo(policy, DEFAULTS);
        }
        if (tier(defaults, own, placement) != Tier.TWO_LEVEL) {
            // For the two-level caches among all.
            policy.localTtl(Duration.ZERO);
        }
        if (!usesStore(defaults, own, placement)) {
            policy.compressAbove(0);
        }
        if (placement.tier() != null) {
            policy.tier(placement.tier());
        }
        if (placement.localTtl() != null) {
            policy.localTtl(placement.localTtl());
        }
        if (placement.loadScope() != null) {
            policy.loadScope(placement.loadScope());
        }
        Duration ttl = placement.ttl();
        if (ttl != null && suits(ttl, defaults, own)) {
            policy.defaultTtl(ttl);
        }
        Refresh refresh = placement.refresh();
        (refreshes ? refresh : new Refresh(refresh.ttl(), null, null)).applyTo(policy);
        if (own != null) {
            own.applyTo(policy, ownPath);
            own.applyRefreshTo(policy, ownPath);
        }
        return policy;
    }

    /** Whether a method's time to live can be its cache's, too, beside what is set for all caches and not for this one. */
    private static boolean suits(Duration ttl, CacheSettings defaults, @Nullable CacheSettings own) {
        Duration jitter = own == null || own.ttlJitter() == null ? defaults.ttlJitter() : null;
        Duration stale = own == null || own.staleOnError() == null ? defaults.staleOnError() : null;
        return (jitter == null || jitter.compareTo(ttl) < 0) && (stale == null || stale.compareTo(ttl) > 0);
    }

    /** Why a cache isn't refreshed as often as all are to be, though it has no interval of its own. */
    Optional<String> refreshLeftOut(String name, Placement placement) {
        CacheSettings own = caches.get(name);
        String reason = own != null && own.isRefreshOff() ? null : refreshLeftOut(defaults, own, path(name), placement);
        return Optional.ofNullable(reason)
                .map(why -> PREFIX + "defaults.refresh-interval is " + defaults.refreshInterval() + ", but " + why);
    }

    /** {@code null} if it is, or else has an interval of its own. */
    private static @Nullable String refreshLeftOut(
            CacheSettings defaults, @Nullable CacheSettings own, String ownPath, Placement placement) {
        Duration common = defaults.refreshInterval();
        boolean hasOwn = (own != null && own.refreshInterval() != null)
                || placement.refresh().interval() != null;
        if (common == null || common.isZero() || hasOwn) {
            return null;
        }
        if (tier(defaults, own, placement) == Tier.REMOTE) {
            return "its tier is remote";
        }
        if (own != null && own.refreshAhead() != null) {
            return ownPath + ".refresh-ahead is " + own.refreshAhead();
        }
        Duration ownTtl = own == null ? null : own.ttl();
        if (ownTtl != null && !outlives(common, ownTtl, defaults, own)) {
            return ownPath + ".ttl is " + ownTtl;
        }
        Duration annotatedTtl = ownTtl == null ? placement.ttl() : null;
        if (annotatedTtl != null && !outlives(common, annotatedTtl, defaults, own)) {
            return "its annotation's ttl is " + annotatedTtl;
        }
        if (own != null && own.localTtl() != null) {
            return isOverBy(own.localTtl(), common) ? ownPath + ".local-ttl is " + own.localTtl() : null;
        }
        Duration annotated = placement.localTtl();
        return annotated != null && isOverBy(annotated, common) ? "its annotation's localTtl is " + annotated : null;
    }

    /** Whether this JVM has nothing left to refresh when the interval is over. */
    private static boolean isOverBy(Duration localTtl, Duration interval) {
        return !localTtl.isZero() && localTtl.compareTo(interval) <= 0;
    }

    /** Whether a value with a cache's own ttl is sure to be there when the interval is over. */
    private static boolean outlives(
            Duration interval, Duration ttl, CacheSettings defaults, @Nullable CacheSettings own) {
        Duration common = Objects.requireNonNullElse(defaults.ttlJitter(), Duration.ZERO);
        Duration jitter = own == null ? common : Objects.requireNonNullElse(own.ttlJitter(), common);
        return ttl.minus(jitter).compareTo(interval) > 0;
    }

    /**
     * The tier that a local ttl or a compression is for may be an annotation's, and so may the interval of refreshes that
     * are to stop.
     */
    private static Placement presumed(CacheSettings own, Placement known) {
        boolean needsTier =
                (own.localTtl() != null || own.compressAbove() != null) && own.tier() == null && known.tier() == null;
        boolean needsInterval = own.stopRefreshAfterIdle() != null
                && own.refreshInterval() == null
                && known.refresh().interval() == null;
        Placement placement = needsTier ? known.with(Tier.TWO_LEVEL) : known;
        return needsInterval
                ? placement.with(new Refresh(known.refresh().ttl(), Duration.ofNanos(1), null))
                : placement;
    }

    /**
     * Checks what an annotation says beside what else holds for its cache.
     *
     * @param where the annotation, for messages
     */
    void check(String cache, Placement placement, String where) {
        check(policy(cache, placement), where);
    }

    /** What the values of a shared cache are is often told later. */
    private static void check(CachePolicyBuilder policy, String path) {
        CacheSettings.checked(path, policy.valueType(Object.class)::build);
    }
}
