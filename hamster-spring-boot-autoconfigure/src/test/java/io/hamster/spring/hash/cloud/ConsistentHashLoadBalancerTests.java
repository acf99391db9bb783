package io.hamster.spring.hash.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.RingProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.loadbalancer.core.SelectedInstanceCallback;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;

@ExtendWith(OutputCaptureExtension.class)
class ConsistentHashLoadBalancerTests {

    private final AtomicReference<List<ServiceInstance>> instances = new AtomicReference<>(List.of());
    private final List<ServiceInstance> selected = new ArrayList<>();
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

    @Test
    void leavesOutInstancesWithoutAHostAndNamesEachOnce(CapturedOutput output) {
        ServiceInstance nowhere = new DefaultServiceInstance("nowhere", "shop", null, -1, false);

        assertThat(choose(nowhere, instance("a"))).isEqualTo("a");
        assertThat(choose(instance("a"))).isEqualTo("a");
        assertThat(choose(nowhere, instance("a"))).isEqualTo("a");
        assertThat(output).containsOnlyOnce("Instance nowhere of shop has no valid host name");

        instances.set(List.of(nowhere));
        assertThat(balancer.choose(new DefaultRequest<>()).block().hasServer()).isFalse();
    }

    @Test
    void tellsASupplierThatWantsToKnowWhichInstanceWasChosen() {
        choose(instance("a"));
        assertThat(selected).extracting(ServiceInstance::getInstanceId).containsExactly("a");

        instances.set(List.of());
        balancer.choose(new DefaultRequest<>()).block();
        assertThat(selected).hasSize(1);
    }

    private String choose(ServiceInstance... known) {
        instances.set(List.of(known));
        return balancer.choose(new DefaultRequest<>()).block().getServer().getInstanceId();
    }

    private static ServiceInstance instance(String id) {
        return new DefaultServiceInstance(id, "shop", id + ".local", 80, false);
    }

    private final class Listed implements ServiceInstanceListSupplier, SelectedInstanceCallback {

        @Override
        public void selectedServiceInstance(ServiceInstance instance) {
            selected.add(instance);
        }

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
