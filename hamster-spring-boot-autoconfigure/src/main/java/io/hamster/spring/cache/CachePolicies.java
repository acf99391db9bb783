package io.hamster.spring.cache;

import io.hamster.Codec;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.InvalidCachePolicyException;
import io.hamster.cache.LoadScope;
import io.hamster.cache.SharedTier;
import io.hamster.cache.Tier;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.cache.CachePlacements.Placement;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * The policies of caches that are made by their names: what all of them have, what the annotation says that makes one,
 * its own properties, its beans, and what customizers make of that.
 */
final class CachePolicies {

    private static final Logger log = LoggerFactory.getLogger(CachePolicies.class);

    private static final String SHARED = "is shared";
    private static final String REDIS_STARTER = """
            <dependency>
              <groupId>org.springframework.boot</groupId>
              <artifactId>spring-boot-starter-data-redis</artifactId>
            </dependency>
            """;

    private static final String CODEC_REMEDY =
            "Values have to be turned into text: add spring-boot-starter-jackson, or give a bean of type "
                    + Codec.class.getName() + ".\n";

    private static final String FORM_A_CLUSTER =
            "Let them form a cluster (hamster.cluster.enabled=true, hamster.cluster.mode=cluster), or add Redis.\n";

    private final HamsterCacheProperties properties;
    private final CachePlacements placements;
    private final CacheValueTypes types;
    private final CacheBindings bindings;
    private final ObjectProvider<CachePolicyCustomizer> customizers;
    private final ObjectProvider<SharedTier> shared;
    private final ObjectProvider<SharedJournal.Factory> journals;
    private final ObjectProvider<Codec> codec;
    private final ResourceLoader resources;

    CachePolicies(
            HamsterCacheProperties properties,
            CachePlacements placements,
            CacheValueTypes types,
            CacheBindings bindings,
            ObjectProvider<CachePolicyCustomizer> customizers,
            ObjectProvider<SharedTier> shared,
            ObjectProvider<SharedJournal.Factory> journals,
            ObjectProvider<Codec> codec,
            ResourceLoader resources) {
        this.properties = properties;
        this.placements = placements;
        this.types = types;
        this.bindings = bindings;
        this.customizers = customizers;
        this.shared = shared;
        this.journals = journals;
        this.codec = codec;
        this.resources = resources;
    }

    CachePolicy policy(String cache) {
        warnOfLikeName(cache);
        Placement placement = placements.use(cache);
        CachePolicyBuilder policy = properties.policy(cache, placement);
        properties
                .refreshLeftOut(cache, placement)
                .ifPresent(reason -> log.info("Cache '{}' isn't refreshed in intervals: {}", cache, reason));
        boolean needsType = properties.isShared(cache, placement) && !properties.setsValueType(cache);
        if (needsType && types.tells(cache)) {
            policy.valueType(types.require(cache, SHARED));
        }
        bindings.applyTo(cache, policy);
        customize(cache, policy);
        CachePolicy built;
        try {
            built = policy.build();
        } catch (InvalidCachePolicyException e) {
            if (needsType && !types.tells(cache)) {
                types.require(cache, SHARED);
            }
            throw refusal(cache, policy, e);
        }
        requireShared("Cache '" + cache + "'", HamsterCacheProperties.path(cache), built);
        built.writeBack().ifPresent(writeBack -> requireJournal(cache, writeBack.durability()));
        return built;
    }

    private void customize(String cache, CachePolicyBuilder policy) {
        customizers.orderedStream().forEach(customizer -> customizer.customize(cache, policy));
        if (!properties.remote().enabled()) {
            policy.tier(Tier.LOCAL)
                    .loadScope(LoadScope.JVM)
                    .localTtl(Duration.ZERO)
                    .compressAbove(0)
                    .tellsOthers(false);
        }
    }

    private void warnOfLikeName(String cache) {
        Set<String> configured = properties.caches().keySet();
        if (configured.contains(cache)) {
            return;
        }
        configured.stream()
                .filter(name ->
                        LikeNames.haveSameLetters(name, cache) || !isInUse(name) && LikeNames.areAlike(name, cache))
                .forEach(name -> log.warn(
                        "{} isn't for cache '{}', which has no settings of its own; if it is meant, write {}",
                        HamsterCacheProperties.path(name),
                        cache,
                        HamsterCacheProperties.path(cache)));
    }

    /** Settings of a cache that there is aren't misspelt. */
    private boolean isInUse(String name) {
        return placements.isMade(name)
                || placements.names().contains(name)
                || types.names().contains(name);
    }

    /**
     * Refuses caches that are to share something where there is nothing to share it over, or of which methods don't tell
     * what it is, and that aren't made before they are first used.
     *
     * @param made the names of those that there are already, with policies of the application's own perhaps
     * @throws HamsterConfigurationException if there is one, as far as properties and annotations tell
     */
    void requireShared(Set<String> made) {
        // Customizers are asked by name.
        if (properties.remote().enabled() && customizers.stream().findAny().isEmpty()) {
            requireShared(
                    HamsterCacheProperties.DEFAULTS,
                    HamsterCacheProperties.DEFAULTS,
                    properties.policy("", Placement.OPEN));
        }
        Set<String> names = known();
        names.removeAll(fromTheStart());
        names.removeAll(made);
        names.forEach(this::requireComplete);
    }

    private void requireComplete(String cache) {
        CachePolicyBuilder policy = properties.policy(cache, placements.of(cache));
        customize(cache, policy);
        boolean isComplete = flaw(policy) == null;
        InvalidCachePolicyException flaw =
                requireShared("Cache '" + cache + "'", HamsterCacheProperties.path(cache), policy);
        if (flaw != null) {
            requireTier(cache, policy, flaw);
        } else if (!isComplete && types.hasMethods(cache) && !types.tells(cache)) {
            // Of a cache that only a bean is known of, methods may come later and tell.
            types.require(cache, SHARED);
        }
    }

    /** Refuses, or warns of, what is only for caches that share something and is set for one that doesn't. */
    private void requireTier(String cache, CachePolicyBuilder policy, InvalidCachePolicyException flaw) {
        if (!lacksTier(policy)) {
            return;
        }
        if (types.hasMethods(cache)) {
            throw refusal(cache, policy, flaw);
        }
        log.warn(
                "{}: {}. Unless an annotation says so, each use of cache '{}' is going to fail",
                HamsterCacheProperties.path(cache),
                flaw.getMessage(),
                cache);
    }

    /** By where the settings are, or the annotation if it says what doesn't fit. */
    private HamsterConfigurationException refusal(
            String cache, CachePolicyBuilder policy, InvalidCachePolicyException flaw) {
        boolean isAnnotated =
                placements.of(cache).localTtl() != null && !properties.setsTier(cache) && lacksTier(policy);
        String where =
                isAnnotated ? "@Cached(localTtl) on " + placements.where(cache) : HamsterCacheProperties.path(cache);
        return new HamsterConfigurationException(
                where + ": " + flaw.getMessage() + ".", "Correct " + where + ".", flaw);
    }

    /** Whether nothing else is wrong with a policy that can't be built. Changes it. */
    private static boolean lacksTier(CachePolicyBuilder policy) {
        return flaw(policy.localTtl(Duration.ZERO).compressAbove(0)) == null;
    }

    /** What is wrong with the policy whatever it is to share. */
    private @Nullable InvalidCachePolicyException requireShared(
            String subject, String path, CachePolicyBuilder policy) {
        InvalidCachePolicyException flaw = flaw(policy.valueType(Object.class));
        if (flaw == null) {
            requireShared(subject, path, policy.build());
        } else {
            // An annotation of a bean that comes later may make it right.
            log.debug("{} is to be checked when it is first used", subject, flaw);
        }
        return flaw;
    }

    private static @Nullable InvalidCachePolicyException flaw(CachePolicyBuilder policy) {
        try {
            policy.build();
            return null;
        } catch (InvalidCachePolicyException e) {
            return e;
        }
    }

    private void requireShared(String subject, String path, CachePolicy policy) {
        boolean isShared = policy.tier() != Tier.LOCAL || policy.loadScope() != LoadScope.JVM || policy.tellsOthers();
        SharedTier tier = isShared ? shared.getIfAvailable() : null;
        if (policy.tier() != Tier.LOCAL && (tier == null || !tier.hasStores())) {
            throw new HamsterConfigurationException(
                    subject + " has tier " + policy.tier() + " and loadScope " + policy.loadScope()
                            + ", but this application has nothing that its instances share.",
                    remedy() + "\nOr set " + path + ".tier=local, or give a bean of type " + SharedTier.class.getName()
                            + ".");
        }
        if (policy.loadScope() != LoadScope.JVM && (tier == null || !tier.sharesLoads())) {
            throw new HamsterConfigurationException(
                    subject + " has loadScope " + policy.loadScope()
                            + ", but this application has nothing over which its instances could share their loads.",
                    (codec.getIfAvailable() == null ? CODEC_REMEDY : FORM_A_CLUSTER + remedy()) + "\nOr set " + path
                            + ".load-scope=jvm.");
        }
        if (policy.tellsOthers() && tier == null) {
            throw new HamsterConfigurationException(
                    path + ".tells-others is set, but this application has nothing that its"
                            + " instances could tell each other over.",
                    FORM_A_CLUSTER + remedy());
        }
    }

    private void requireJournal(String cache, Durability durability) {
        if (durability != Durability.MEMORY && codec.getIfUnique() == null) {
            throw new HamsterConfigurationException(
                    durabilityIs(cache, durability) + ", but nothing turns keys and values into text.", CODEC_REMEDY);
        }
        if (durability == Durability.REDIS && journals.getIfAvailable() == null) {
            throw new HamsterConfigurationException(
                    durabilityIs(cache, durability) + ", but this application has no Redis to keep its journal in.",
                    remedy() + "\nOr set another durability.");
        }
    }

    private static String durabilityIs(String cache, Durability durability) {
        return HamsterCacheProperties.path(cache) + ".write-back.durability is "
                + durability.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The caches that are made when the application starts: their journals are to be replayed, their faults to be seen, and
     * what they tell each other is to be tried.
     */
    Set<String> fromTheStart() {
        Set<String> names = known();
        names.removeIf(name -> !isShared(name) && !properties.tellsOthers(name) || lacksType(name));
        names.addAll(bindings.writingBack());
        return names;
    }

    /** The caches that are certain to be shared and of which everything is known that they need. */
    private Set<String> sharedFromTheStart() {
        Set<String> names = known();
        names.removeIf(name -> !isShared(name) || lacksType(name));
        return names;
    }

    /** The caches of which properties, annotations or beans say something. */
    private Set<String> known() {
        Set<String> names = new TreeSet<>(properties.caches().keySet());
        names.addAll(placements.names());
        names.addAll(types.names());
        return names;
    }

    private boolean isShared(String name) {
        return properties.isShared(name, placements.of(name));
    }

    /** Of what stays in the JVM nobody asks. */
    private boolean lacksType(String name) {
        return isShared(name) && !properties.setsValueType(name) && !types.tells(name);
    }

    /** Whether any cache is shared, as far as is known. */
    boolean isAnyShared() {
        return properties.isAnyShared() || !sharedFromTheStart().isEmpty();
    }

    private String remedy() {
        if (!ClassUtils.isPresent(
                "org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory",
                resources.getClassLoader())) {
            return "Add Redis to the class path, in pom.xml:\n\n" + REDIS_STARTER;
        }
        if (codec.getIfAvailable() == null) {
            return CODEC_REMEDY;
        }
        return "Say where Redis is, in application.yml:\n\nspring:\n  data:\n    redis:\n      host: localhost\n"
                + "      port: 6379\n";
    }
}
