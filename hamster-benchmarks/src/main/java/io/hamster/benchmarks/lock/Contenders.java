package io.hamster.benchmarks.lock;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The libraries by name, made with the port of a Redis on the loopback address. */
final class Contenders {

    static final String HAMSTER = "Hamster";
    static final String BARE = "bare EVALSHA";
    static final String SHEDLOCK = "ShedLock";
    static final String INTEGRATION = "Spring Integration";
    static final String INTEGRATION_PUB_SUB = "Spring Integration pub/sub";
    static final String REDISSON = "Redisson";
    static final String REDISSON_FENCED = "Redisson fenced";

    private static final Map<String, IntFunction<Contender>> ALL = Map.of(
            HAMSTER, HamsterContender::new,
            BARE, BareContender::new,
            SHEDLOCK, ShedLockContender::new,
            INTEGRATION, port -> new IntegrationContender(port, false),
            INTEGRATION_PUB_SUB, port -> new IntegrationContender(port, true),
            REDISSON, port -> new RedissonContender(port, false),
            REDISSON_FENCED, port -> new RedissonContender(port, true));

    /** Those that wait for a lock. */
    static final List<String> WAITING = List.of(HAMSTER, INTEGRATION, INTEGRATION_PUB_SUB, REDISSON);

    private Contenders() {}

    static Contender named(String name, int port) {
        IntFunction<Contender> contender = ALL.get(name);
        if (contender == null) {
            throw new IllegalArgumentException("No library '" + name + "'; there are " + ALL.keySet());
        }
        return contender.apply(port);
    }
}
