package io.hamster.spring.cache;

import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackPolicyBuilder;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How caches write to their sources, as their writer beans and properties say together. */
final class CacheWrites {

    private final HamsterCacheProperties properties;
    private final CacheValueTypes types;
    private final Map<String, Writer> writers;
    private final boolean inMemory;

    /**
     * Checks that each cache has what it is told to use.
     *
     * @param writers by cache
     * @param inMemory whether journals are kept in memory, whatever their durability
     * @throws HamsterConfigurationException if one hasn't, or is told what doesn't fit
     */
    CacheWrites(
            HamsterCacheProperties properties, CacheValueTypes types, Map<String, Writer> writers, boolean inMemory) {
        this.properties = properties;
        this.types = types;
        this.writers = Map.copyOf(writers);
        this.inMemory = inMemory;
        Set<String> named = new TreeSet<>(properties.caches().keySet());
        named.addAll(writers.keySet());
        named.forEach(this::check);
    }

    private void check(String cache) {
        WriteMode mode = mode(cache);
        String path = HamsterCacheProperties.path(cache);
        CacheSettings own = properties.caches().get(cache);
        WriteBackSettings ownBack = own == null ? null : own.writeBack();
        if (mode != WriteMode.BACK) {
            if (ownBack != null) {
                throw new HamsterConfigurationException(
                        path + ".write-back is set, but the cache doesn't write back.",
                        "Set " + path + ".write-mode=back and give the cache a writer, or take the settings out.");
            }
            return;
        }
        WriteBackSettings settings = properties.writeBack(cache);
        if (ownBack != null && ownBack.directory() != null && settings.safety() != Durability.FILE) {
            throw new HamsterConfigurationException(
                    path + ".write-back.directory is set, but the durability is " + lower(settings.safety())
                            + ", which needs none.",
                    "Set " + path + ".write-back.durability=file, or take the directory out.");
        }
        WriteBackPolicyBuilder policy = settings.policy(path + ".write-back").types(Object.class, Object.class);
        CacheSettings.checked(path + ".write-back", policy::build);
    }

    private WriteMode mode(String cache) {
        Writer writer = writers.get(cache);
        CacheSettings settings = properties.caches().get(cache);
        WriteMode own = settings == null ? null : settings.writeMode();
        String property = HamsterCacheProperties.path(cache) + ".write-mode";
        if (writer == null) {
            if (own != null && own != WriteMode.NONE) {
                throw new HamsterConfigurationException(
                        property + " is " + lower(own) + ", but the cache has no writer.",
                        "Define a bean that writes to its source:\n\n@Bean\n@ForCache(\"" + cache + "\")\n"
                                + (own == WriteMode.BACK ? "WriteBackWriter" : "CacheWriter")
                                + "<Long, Product> writer(…) {\n    return …;\n}");
            }
            return WriteMode.NONE;
        }
        if (own == WriteMode.THROUGH && writer.through == null) {
            throw new HamsterConfigurationException(
                    property + " is through, but bean '" + writer.bean
                            + "' is a WriteBackWriter, which can only write back.",
                    "Make it a CacheWriter, or set " + property + "=back.");
        }
        if (own != null) {
            return own;
        }
        return writer.through == null
                ? WriteMode.BACK
                : Objects.requireNonNullElse(properties.defaults().writeMode(), WriteMode.THROUGH);
    }

    /** The caches that write back. */
    Set<String> writingBack() {
        Set<String> names = new HashSet<>(writers.keySet());
        names.removeIf(cache -> mode(cache) != WriteMode.BACK);
        return names;
    }

    void applyTo(String cache, CachePolicyBuilder policy) {
        Writer writer = writers.get(cache);
        if (writer == null) {
            return;
        }
        switch (mode(cache)) {
            case NONE -> {}
            case THROUGH -> policy.writeThrough(Objects.requireNonNull(writer.through, "checked at the start"));
            case BACK -> policy.writeBack(writer.back, policy(cache, writer));
        }
    }

    private WriteBackPolicy policy(String cache, Writer writer) {
        WriteBackSettings wanted = properties.writeBack(cache);
        boolean isAway =
                wanted.safety() == Durability.REDIS && !properties.remote().enabled();
        WriteBackSettings settings = inMemory || isAway ? wanted.inMemory() : wanted;
        String path = HamsterCacheProperties.path(cache);
        WriteBackPolicyBuilder policy = settings.policy(path + ".write-back");
        if (settings.safety() != Durability.MEMORY) {
            Type key = properties.keyType(cache).or(writer::keyType).orElseThrow(() -> untold(cache, path, writer));
            policy.types(
                    key,
                    properties.valueType(cache).orElseGet(() -> types.require(cache, "journals what it writes back")));
        }
        return CacheSettings.checked(path + ".write-back", policy::build);
    }

    private static HamsterConfigurationException untold(String cache, String path, Writer writer) {
        return new HamsterConfigurationException(
                "Cache '" + cache + "' journals what it writes back, but bean '" + writer.bean
                        + "' doesn't tell of what type its keys are.",
                "Set " + path + ".key-type to it, such as java.lang.Long, with generics where it has some.");
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * A writer bean, made when it is first called.
     *
     * @param through {@code null} if it can only write back
     */
    record Writer(
            String bean, @Nullable CacheWriter<?, ?> through, WriteBackWriter<?, ?> back, Optional<Type> keyType) {}
}
