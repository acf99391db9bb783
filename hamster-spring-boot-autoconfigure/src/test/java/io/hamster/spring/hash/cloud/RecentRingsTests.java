package io.hamster.spring.hash.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.RingProfile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

@ExtendWith(OutputCaptureExtension.class)
class RecentRingsTests {

    private static final ServiceInstance PLAIN = instance("a", false, Map.of());
    private static final ServiceInstance OTHER = instance("b", false, Map.of());

    private final RecentRings rings = new RecentRings(RingProfile.hamster());
    private final InstanceRing before = rings.over(List.of(PLAIN, OTHER));

    @Test
    void staysWhileNothingChanges() {
        assertThat(rings.over(List.of(PLAIN, OTHER))).isSameAs(before);
    }

    @Test
    void staysWhateverTheOrder() {
        assertThat(rings.over(List.of(OTHER, PLAIN))).isSameAs(before);
    }

    @Test
    void findsTheRingsOfListsThatAlternate() {
        InstanceRing retry = rings.over(List.of(OTHER));

        assertThat(rings.over(List.of(PLAIN, OTHER))).isSameAs(before);
        assertThat(rings.over(List.of(OTHER))).isSameAs(retry);
        assertThat(retry.owner(keyOf(PLAIN))).isSameAs(OTHER);
    }

    @Test
    void forgetsAllButTheLatest() {
        for (int i = 0; i < 4; i++) {
            rings.over(List.of(instance("new" + i, false, Map.of())));
        }
        assertThat(rings.over(List.of(PLAIN, OTHER))).isNotSameAs(before);
    }

    @Test
    void warnsOfAWeightOnce(CapturedOutput output) {
        ServiceInstance heavy = instance("a", false, Map.of("weight", "heavy"));
        for (int i = 0; i < 10; i++) {
            rings.over(List.of(heavy, instance("new" + i, false, Map.of())));
            rings.over(List.of(instance("new" + i, false, Map.of())));
        }
        assertThat(output).containsOnlyOnce("Instance a of shop has the weight 'heavy'");

        rings.over(List.of(instance("a", false, Map.of("weight", "light"))));
        assertThat(output).containsOnlyOnce("Instance a of shop has the weight 'light'");
    }

    @Test
    void handsOutTheInstancesOfNow() {
        ServiceInstance secure = instance("a", true, Map.of("zone", "north"));
        InstanceRing after = rings.over(List.of(secure, OTHER));

        assertThat(after.candidates())
                .satisfiesExactly(
                        a -> assertThat(a).isSameAs(secure), b -> assertThat(b).isSameAs(OTHER));
        assertThat(after.owner(keyOf(PLAIN))).isSameAs(secure);
        assertThat(after.owner(keyOf(OTHER))).isSameAs(OTHER);
        assertThat(rings.over(List.of(secure, OTHER))).isSameAs(after);
    }

    @Test
    void handsOutTheFirstOfTheSameId() {
        ServiceInstance second = instance("a", true, Map.of());

        assertThat(rings.over(List.of(PLAIN, OTHER, second)).candidates()).containsExactly(PLAIN, OTHER);
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
