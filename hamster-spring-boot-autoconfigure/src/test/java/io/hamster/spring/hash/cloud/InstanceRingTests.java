package io.hamster.spring.hash.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.RingProfile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

class InstanceRingTests {

    private static final ServiceInstance PLAIN = instance("a", false, Map.of());
    private static final ServiceInstance OTHER = instance("b", false, Map.of());

    private final InstanceRing before =
            InstanceRing.empty(RingProfile.hamster()).over(List.of(PLAIN, OTHER));

    @Test
    void staysWhileNothingChanges() {
        assertThat(before.over(List.of(PLAIN, OTHER))).isSameAs(before);
    }

    @Test
    void handsOutTheInstancesOfNow() {
        ServiceInstance secure = instance("a", true, Map.of("zone", "north"));
        InstanceRing after = before.over(List.of(secure, OTHER));

        assertThat(after.candidates())
                .satisfiesExactly(
                        a -> assertThat(a).isSameAs(secure), b -> assertThat(b).isSameAs(OTHER));
        assertThat(after.owner(keyOf(PLAIN))).isSameAs(secure);
        assertThat(after.owner(keyOf(OTHER))).isSameAs(OTHER);
        assertThat(after.over(List.of(secure, OTHER))).isSameAs(after);
    }

    @Test
    void handsOutTheFirstOfTheSameId() {
        ServiceInstance second = instance("a", true, Map.of());

        assertThat(before.over(List.of(PLAIN, OTHER, second)).candidates()).containsExactly(PLAIN, OTHER);
    }

    private String keyOf(ServiceInstance owner) {
        for (int i = 0; ; i++) {
            if (before.owner("key" + i) == owner) {
                return "key" + i;
            }
        }
    }

    private static ServiceInstance instance(String id, boolean secure, Map<String, String> metadata) {
        return new DefaultServiceInstance(id, "shop", id + ".local", 80, secure, metadata);
    }
}
