package io.hamster.spring.hash.cloud;

import io.hamster.hash.RingProfile;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.SelectedInstanceCallback;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Mono;

/**
 * Sends requests with the same key to the same instance of a service. When an instance goes, only its keys move, to the
 * next ones on the ring; when one comes, keys move only to it; not quite so by some profiles, as
 * {@link io.hamster.hash.RingProfile} says. Requests without a key go to the instances in turn.
 *
 * <p>Thread-safe; choosing neither blocks nor locks.
 */
public final class ConsistentHashLoadBalancer implements ReactorServiceInstanceLoadBalancer {

    private static final Logger logger = LoggerFactory.getLogger(ConsistentHashLoadBalancer.class);

    private final String serviceId;
    private final Supplier<? extends ServiceInstanceListSupplier> instances;
    private final Function<Request<?>, Optional<String>> key;
    private final RecentRings rings;
    private final AtomicInteger turn = new AtomicInteger();
    private final ReachableInstances reachable = new ReachableInstances();

    /**
     * Creates the load balancer of one client.
     *
     * @param serviceId the service, for messages
     * @param instances gives the service's instances
     * @param key finds a request's key; empty if it has none
     * @param profile how keys and instances are placed
     */
    public ConsistentHashLoadBalancer(
            String serviceId,
            Supplier<? extends ServiceInstanceListSupplier> instances,
            Function<Request<?>, Optional<String>> key,
            RingProfile profile) {
        this.serviceId = serviceId;
        this.instances = instances;
        this.key = key;
        this.rings = new RecentRings(profile);
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Mono<Response<ServiceInstance>> choose(Request request) {
        Request<?> typed = request;
        ServiceInstanceListSupplier supplier = instances.get();
        return supplier.get(request).next().map(list -> told(supplier, choose(typed, reachable.of(list))));
    }

    private Response<ServiceInstance> choose(Request<?> request, List<ServiceInstance> list) {
        InstanceRing current = rings.over(list);
        if (current.isEmpty()) {
            logger.warn("There is no instance of {} that takes traffic", serviceId);
            return new EmptyResponse();
        }
        return new DefaultResponse(key.apply(request).map(current::owner).orElseGet(() -> next(current)));
    }

    /** Some suppliers want to know which of their instances was chosen. */
    private static Response<ServiceInstance> told(
            ServiceInstanceListSupplier supplier, Response<ServiceInstance> response) {
        ServiceInstance chosen = response.getServer();
        if (chosen != null && supplier instanceof SelectedInstanceCallback callback) {
            callback.selectedServiceInstance(chosen);
        }
        return response;
    }

    private ServiceInstance next(InstanceRing current) {
        List<ServiceInstance> candidates = current.candidates();
        return candidates.get(Math.floorMod(turn.getAndIncrement(), candidates.size()));
    }
}
