package io.hamster.spring.redis;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The prefix of every key. Warns when it is first used if nobody has chosen one. */
final class RedisNamespace {

    private static final Logger logger = LoggerFactory.getLogger(RedisNamespace.class);
    private static final String COMMON = "hamster";

    private final @Nullable String chosen;
    private final AtomicBoolean warned = new AtomicBoolean();

    RedisNamespace(@Nullable String chosen) {
        this.chosen = chosen;
    }

    String inUse() {
        if (chosen != null) {
            return chosen;
        }
        if (warned.compareAndSet(false, true)) {
            logger.warn(
                    "Keys in Redis begin with '{}': other applications without a name may use the same locks. Set"
                            + " spring.application.name or hamster.redis.namespace",
                    COMMON);
        }
        return COMMON;
    }
}
