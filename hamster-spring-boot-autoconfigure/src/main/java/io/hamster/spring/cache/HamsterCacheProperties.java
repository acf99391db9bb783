package io.hamster.spring.cache;

import io.hamster.cache.CachePolicy;
import io.hamster.cache.CachePolicyBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * @param caches What holds for single caches, by name.
 */
@ConfigurationProperties(prefix = "hamster.cache", ignoreUnknownFields = false)
public record HamsterCacheProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("" + DEFAULT_ASPECT_ORDER) int aspectOrder,
        @DefaultValue("true") boolean springCacheManager,
        @NestedConfigurationProperty @DefaultValue CacheSettings defaults,
        @DefaultValue Map<String, CacheSettings> caches) {

    /** Outside of locks, which are at {@code Integer.MAX_VALUE - 100}: a hit needs none. */
    static final int DEFAULT_ASPECT_ORDER = Integer.MAX_VALUE - 200;

    private static final String PREFIX = "hamster.cache.";

    /**
     * Checks every setting by making each cache's policy once.
     *
     * @param enabled whether there are caches
     * @param aspectOrder the aspect's order
     * @param springCacheManager whether Spring's own caching uses them
     * @param defaults for all
     * @param caches for single ones
     * @throws io.hamster.spring.HamsterConfigurationException if a value is out of its range or contradicts another
     */
    public HamsterCacheProperties {
        caches = Map.copyOf(caches);
        policy(defaults, PREFIX + "defaults", null, "");
        for (Map.Entry<String, CacheSettings> cache : caches.entrySet()) {
            policy(defaults, PREFIX + "defaults", cache.getValue(), path(cache.getKey()));
        }
    }

    /** The policy of a cache, ready to be changed by customizers. */
    CachePolicyBuilder policy(String name) {
        return policy(defaults, PREFIX + "defaults", caches.get(name), path(name));
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

    boolean setsTtl(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.ttl() != null;
    }

    boolean setsNullTtl(String name) {
        CacheSettings own = caches.get(name);
        return own != null && own.nullTtl() != null;
    }

    private static CachePolicyBuilder policy(
            CacheSettings defaults, String defaultsPath, @Nullable CacheSettings own, String ownPath) {
        CachePolicyBuilder policy = CachePolicy.builder();
        defaults.applyTo(policy, defaultsPath);
        if (own != null) {
            own.applyTo(policy, ownPath);
        }
        CacheSettings.checked(own == null ? defaultsPath : ownPath, policy::build);
        return policy;
    }
}
