package io.hamster.spring.hash.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.RingProfile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;

class ConsistentHashLoadBalancerTests {

    private final AtomicReference<List<ServiceInstance>> instances = new AtomicReference<>(List.of());
    private final ConsistentHashLoadBalancer balancer =
            new ConsistentHashLoadBalancer("shop", Listed::new, request -> Optional.of("key"), RingProfile.hamster());

    @Test
    void buildsARingOnceThoughOtherRequestsBuildOthersMeanwhile() {
        AtomicInteger undisturbed = new AtomicInteger();
        assertThat(choose(new Watched("a", undisturbed, () -> {}))).isEqualTo("a");

        AtomicInteger disturbed = new AtomicInteger();
        AtomicReference<String> other = new AtomicReference<>();
        String chosen = choose(new Watched("b", disturbed, () -> other.set(choose(instance("c")))));

        assertThat(chosen).isEqualTo("b");
        assertThat(other).hasValue("c");
        assertThat(disturbed).as("looks at the instance").hasValue(undisturbed.get());
    }

    private String choose(ServiceInstance... known) {
        instances.set(List.of(known));
        return balancer.choose(new DefaultRequest<>()).block().getServer().getInstanceId();
    }

    private static ServiceInstance instance(String id) {
        return new DefaultServiceInstance(id, "shop", id + ".local", 80, false);
    }

    private final class Listed implements ServiceInstanceListSupplier {

        @Override
        public String getServiceId() {
            return "shop";
        }

        @Override
        public Flux<List<ServiceInstance>> get() {
            return Flux.just(instances.get());
        }
    }

    /** Counts how often its weight is looked up; before the first time, something else happens. */
    private static final class Watched extends DefaultServiceInstance {

        private final AtomicInteger looks;
        private final Runnable before;

        Watched(String id, AtomicInteger looks, Runnable before) {
            super(id, "shop", id + ".local", 80, false);
            this.looks = looks;
            this.before = before;
        }

        @Override
        public Map<String, String> getMetadata() {
            if (looks.getAndIncrement() == 0) {
                before.run();
            }
            return Map.of();
        }
    }
}
