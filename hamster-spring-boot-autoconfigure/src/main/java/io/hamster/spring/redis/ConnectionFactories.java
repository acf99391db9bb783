package io.hamster.spring.redis;

import io.hamster.spring.HamsterConfigurationException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Finds the connection factory that Hamster is to use; makes none. */
final class ConnectionFactories {

    private ConnectionFactories() {}

    static LettuceConnectionFactory find(ListableBeanFactory beans, @Nullable String name) {
        RedisConnectionFactory found = name == null ? single(beans) : named(beans, name);
        if (found instanceof LettuceConnectionFactory lettuce) {
            return lettuce;
        }
        throw new HamsterConfigurationException(
                "Hamster needs Lettuce's connection factory for Redis, but found a "
                        + found.getClass().getName() + ".",
                "Set spring.data.redis.client-type=lettuce and have io.lettuce:lettuce-core on the class path, as"
                        + " spring-boot-starter-data-redis does; or name a LettuceConnectionFactory bean with"
                        + " hamster.redis.connection-factory.");
    }

    private static RedisConnectionFactory named(ListableBeanFactory beans, String name) {
        Map<String, RedisConnectionFactory> all = beans.getBeansOfType(RedisConnectionFactory.class, true, false);
        RedisConnectionFactory found = all.get(name);
        if (found == null) {
            throw new HamsterConfigurationException(
                    "hamster.redis.connection-factory is '" + name
                            + "', but there is no RedisConnectionFactory bean of that name.",
                    all.isEmpty() ? "Define one." : "Give one of: " + String.join(", ", all.keySet()) + ".");
        }
        return found;
    }

    private static RedisConnectionFactory single(ListableBeanFactory beans) {
        ObjectProvider<RedisConnectionFactory> candidates = beans.getBeanProvider(RedisConnectionFactory.class);
        RedisConnectionFactory found = candidates.getIfUnique();
        if (found != null) {
            return found;
        }
        String[] names = beans.getBeanNamesForType(RedisConnectionFactory.class, true, false);
        throw names.length == 0
                ? new HamsterConfigurationException(
                        "Hamster is to use Redis, but this application has no RedisConnectionFactory bean.",
                        "Let Spring Boot make one with spring-boot-starter-data-redis and, in application.yml:\n\n"
                                + "spring:\n  data:\n    redis:\n      host: localhost\n      port: 6379\n\n"
                                + "or define one.")
                : new HamsterConfigurationException(
                        "Hamster is to use Redis, but this application has several RedisConnectionFactory beans: "
                                + String.join(", ", names) + ".",
                        "Name one, in application.yml:\n\nhamster:\n  redis:\n    connection-factory: " + names[0]
                                + "\n\nor make one of them @Primary.");
    }
}
