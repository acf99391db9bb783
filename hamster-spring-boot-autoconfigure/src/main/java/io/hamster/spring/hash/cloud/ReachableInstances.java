package io.hamster.spring.hash.cloud;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Leaves out instances without a host, to which no request can be sent, with a warning once for each: {@link
 * java.net.URI} finds none in {@code http://my_service:8080}, as host names have no underscores. Thread-safe.
 */
final class ReachableInstances {

    private static final Logger logger = LoggerFactory.getLogger(ReachableInstances.class);

    /** Bounds what is remembered of instances whose names change. */
    private static final int MOST_WARNINGS = 1000;

    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    List<ServiceInstance> of(List<ServiceInstance> all) {
        if (all.stream().allMatch(ReachableInstances::hasHost)) {
            return all;
        }
        return all.stream().filter(this::isReachable).toList();
    }

    private boolean isReachable(ServiceInstance instance) {
        if (hasHost(instance)) {
            return true;
        }
        String id = instance.getInstanceId();
        String named = (id == null ? "(without id)" : id) + " of " + instance.getServiceId();
        if (warned.size() < MOST_WARNINGS && warned.add(named)) {
            logger.warn("Instance {} has no valid host name and gets no requests; register it under another", named);
        }
        return false;
    }

    private static boolean hasHost(ServiceInstance instance) {
        String host = instance.getHost();
        return host != null && !host.isBlank();
    }
}
