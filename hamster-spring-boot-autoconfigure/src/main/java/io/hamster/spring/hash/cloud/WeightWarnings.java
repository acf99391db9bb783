package io.hamster.spring.hash.cloud;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

/** Warns of weights that can't be used, once for each instance and weight. Thread-safe. */
final class WeightWarnings {

    private static final Logger logger = LoggerFactory.getLogger(WeightWarnings.class);

    /** Bounds what is remembered of instances whose ids change. */
    private static final int MOST_WARNINGS = 1000;

    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    void warnOf(ServiceInstance instance) {
        InstancePeers.unusableWeight(instance).ifPresent(weight -> {
            if (warned.size() < MOST_WARNINGS && warned.add(InstancePeers.id(instance) + "=" + weight)) {
                InstancePeers.warnOfWeight(logger, instance, weight);
            }
        });
    }
}
