package io.hamster.spring.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.Replicas;
import io.hamster.hash.RingPeerPicker;
import io.hamster.hash.RingProfile;
import io.hamster.hash.StandardHash;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.hash.RingEndpoint.Candidate;
import io.hamster.spring.hash.RingEndpoint.Place;
import io.hamster.spring.hash.RingEndpoint.Problem;
import io.hamster.spring.hash.RingEndpoint.Ring;
import io.hamster.spring.hash.RingEndpoint.RingPeer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RingEndpointTests {

    private final PeerPicker picker = RingPeerPicker.builder()
            .peers(List.of(new Peer("a", "a:1"), new Peer("b", "b:1", 200), new Peer("c", "c:1")))
            .build();
    private final RingEndpoint endpoint = new RingEndpoint(picker);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(HamsterAutoConfiguration.class, HamsterHashAutoConfiguration.class));

    @Test
    void showsTheRing() {
        String picked = picker.pickPeer("key").id();
        picker.updatePeerStatus("c", false);

        Ring ring = (Ring) endpoint.ring(null, null, null).getBody();

        assertThat(ring.profile()).isEqualTo("hamster");
        assertThat(ring.replicas()).isEqualTo(150);
        assertThat(ring.virtualNodes()).isEqualTo(600);
        assertThat(ring.alive()).isEqualTo(2);
        assertThat(ring.picks()).isEqualTo(1);
        assertThat(ring.loadBalance()).isEqualTo(picker.stats().loadBalance());
        assertThat(ring.peers()).extracting(RingPeer::id).containsExactly("a", "b", "c");
        assertThat(ring.peers()).extracting(RingPeer::virtualNodes).containsExactly(150, 300, 150);
        assertThat(ring.peers()).extracting(RingPeer::alive).containsExactly(true, true, false);
        assertThat(ring.peers())
                .allSatisfy(peer -> assertThat(peer.picks()).isEqualTo(peer.id().equals(picked) ? 1 : 0));
    }

    @Test
    void showsAKeysOwnerAndWhoComesNext() {
        Place place = place("key");

        List<String> order = picker.currentRing().orElseThrow().owners("key", 3).stream()
                .map(Peer::id)
                .toList();
        assertThat(place.owner()).isEqualTo(new Candidate(order.get(0), true));
        assertThat(place.servedBy()).isEqualTo(order.get(0));
        assertThat(place.alternatives()).extracting(Candidate::id).isEqualTo(order.subList(1, 3));
        assertThat(Long.parseUnsignedLong(place.point().hash()))
                .isGreaterThanOrEqualTo(Long.parseUnsignedLong(place.point().keyHash()));
        assertThat(picker.stats().picks()).isZero();
    }

    @Test
    void showsHashesOfThirtyTwoBitsUnsigned() {
        for (RingProfile profile : List.of(
                RingProfile.ketama(),
                RingProfile.hamster(StandardHash.FNV1A32, Replicas.of(20)),
                RingProfile.hamster(StandardHash.MURMUR3_32, Replicas.of(20)))) {
            RingEndpoint narrow = new RingEndpoint(RingPeerPicker.builder()
                    .profile(profile)
                    .peers(picker.peers())
                    .build());
            for (int i = 0; i < 20; i++) {
                Place place = (Place) narrow.ring("key" + i, null, null).getBody();
                long hash = Long.parseUnsignedLong(place.point().keyHash());
                assertThat(hash).as("%s, key%d", profile, i).isBetween(0L, 0xffff_ffffL);
                assertThat(place.point().keyPosition()).isEqualTo(hash / 0x1p32);
            }
        }
    }

    @Test
    void saysWhoServesTheKeysOfADeadOwner() {
        String owner = picker.pickPeer("key").id();
        picker.updatePeerStatus(owner, false);

        Place place = place("key");

        assertThat(place.owner()).isEqualTo(new Candidate(owner, false));
        assertThat(place.servedBy())
                .isEqualTo(picker.pickPeer("key").id())
                .isEqualTo(place.alternatives().get(0).id());
        assertThat(place.message()).startsWith("The owner is dead: " + place.servedBy());
    }

    @Test
    void triesAsManyAlternativesAsThePicker() {
        PeerPicker strict = RingPeerPicker.builder()
                .peers(picker.peers())
                .maxAlternatives(0)
                .build();
        strict.updatePeerStatus(strict.pickPeer("key").id(), false);

        runner.withBean(PeerPicker.class, () -> strict)
                .withPropertyValues("management.endpoints.web.exposure.include=hamsterring")
                .run(context -> {
                    Place place = (Place) context.getBean(RingEndpoint.class)
                            .ring("key", null, null)
                            .getBody();
                    assertThat(place.servedBy()).isNull();
                    assertThat(place.alternatives()).isEmpty();
                });
    }

    @Test
    void namesNobodyForAPickerThatDoesNotSayWhomItTries() {
        PeerPicker other = (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {PeerPicker.class},
                (proxy, method, arguments) -> method.getName().equals("maxAlternatives")
                        ? OptionalInt.empty()
                        : method.invoke(picker, arguments));

        Place place = (Place) new RingEndpoint(other).ring("key", null, null).getBody();

        assertThat(place.servedBy()).isNull();
        assertThat(place.owner().id())
                .isEqualTo(picker.currentRing().orElseThrow().owner("key").id());
        assertThat(place.alternatives()).hasSize(2);
        assertThat(place.message()).contains("rules of its own");
    }

    @Test
    void saysThatNobodyServesWhenAllAreDead() {
        picker.peers().forEach(peer -> picker.updatePeerStatus(peer.id(), false));

        assertThat(place("key").servedBy()).isNull();
        assertThat(place("key").message()).contains("nobody serves");
    }

    @Test
    void refusesKeysThatAreNoneWithoutRepeatingThem() {
        WebEndpointResponse<Object> empty = endpoint.ring("", null, null);
        assertThat(empty.getStatus()).isEqualTo(400);
        assertThat(empty.getBody()).isEqualTo(new Problem("Hash key is empty; give 1 to 500 characters"));

        String tooLong = "k".repeat(501);
        WebEndpointResponse<Object> refused = endpoint.ring(tooLong, null, null);
        assertThat(refused.getStatus()).isEqualTo(400);
        assertThat(refused.getBody().toString()).contains("501 characters").doesNotContain(tooLong);
    }

    @Test
    void listsNoMorePeersThanAskedForAndTheDeadOnesFirst() {
        picker.updatePeerStatus("c", false);

        Ring ring = (Ring) endpoint.ring(null, 2, null).getBody();

        assertThat(ring.peers()).extracting(RingPeer::id).containsExactly("c", "a");
        assertThat(ring.peerCount()).isEqualTo(3);
        assertThat(ring.circle()).isNull();
    }

    @Test
    void drawsTheCircleAsItsKeysFall() {
        RingCircle circle = ((Ring) endpoint.ring(null, null, 2048).getBody()).circle();

        assertThat(circle.peers()).containsExactly("a", "b", "c");
        assertThat(circle.owners()).hasSize(2048);
        HashRing ring = picker.currentRing().orElseThrow();
        assertThat(circle.owners().stream().filter(owner -> owner == 1).count() / 2048.0)
                .isCloseTo(ring.balance().shares().get("b"), within(0.02));
        int agreeing = 0;
        for (int i = 0; i < 1000; i++) {
            int slice = (int) (ring.positionOf("key-" + i) * 2048);
            String drawn = circle.peers().get(circle.owners().get(slice));
            agreeing += drawn.equals(ring.owner("key-" + i).id()) ? 1 : 0;
        }
        // A slice may hold a border, beyond which another peer owns.
        assertThat(agreeing).isGreaterThan(800);
    }

    @Test
    void drawsExactlyWhatSlicesCanShow() {
        HashRing ring = HashRing.of(RingProfile.hamster(StandardHash.XXH64, Replicas.of(2)), picker.peers());
        RingCircle circle = RingCircle.of(ring, RingCircle.MOST_SLICES);

        List<String> byNodes = new ArrayList<>();
        for (int slice = 0; slice < RingCircle.MOST_SLICES; slice++) {
            double middle = (slice + 0.5) / RingCircle.MOST_SLICES;
            byNodes.add(ring.nodes().stream()
                    .filter(node -> node.position() >= middle)
                    .findFirst()
                    .orElse(ring.nodes().get(0))
                    .peer()
                    .id());
        }
        assertThat(circle.owners().stream().map(circle.peers()::get)).containsExactlyElementsOf(byNodes);
    }

    @Test
    void drawsNothingOfAnEmptyRing() {
        RingEndpoint none = new RingEndpoint(RingPeerPicker.builder().build());

        assertThat(((Ring) none.ring(null, null, 16).getBody()).circle())
                .isEqualTo(new RingCircle(List.of(), List.of()));
    }

    @Test
    void saysWhereAKeyIsOnTheCircle() {
        Place place = place("key");

        assertThat(place.point().keyPosition())
                .isBetween(0.0, 1.0)
                .isLessThanOrEqualTo(place.point().position());
    }

    @Test
    void refusesNumbersThatAreOutOfRange() {
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.ring(null, 0, null))
                .withMessage("limit is 0, which is out of range; give 1 to 2147483647");
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.ring(null, null, 4097))
                .withMessage("slices is 4097, which is out of range; give 1 to 4096");
    }

    @Test
    void declaresPeersDeadAndAlive() {
        assertThat(endpoint.updateStatus("b", false).getStatus()).isEqualTo(204);
        assertThat(dead()).containsExactly("b");

        assertThat(endpoint.updateStatus("b", true).getStatus()).isEqualTo(204);
        assertThat(dead()).isEmpty();
    }

    @Test
    void findsNoPeerToDeclare() {
        WebEndpointResponse<Object> response = endpoint.updateStatus("d", false);

        assertThat(response.getStatus()).isEqualTo(404);
        assertThat(response.getBody()).isEqualTo(new Problem("There is no peer 'd'; add it first, or check the id"));
    }

    @Test
    void saysThatThereAreNoPeers() {
        RingEndpoint none = new RingEndpoint(RingPeerPicker.builder().build());

        assertThat(none.ring("key", null, null).getStatus()).isEqualTo(503);
        assertThat(((Ring) none.ring(null, null, null).getBody()).peers()).isEmpty();
    }

    @Test
    void isThereOnlyWhereItIsExposed() {
        ApplicationContextRunner exposed =
                runner.withPropertyValues("management.endpoints.web.exposure.include=hamsterring");
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RingEndpoint.class));
        exposed.run(context -> assertThat(context).hasSingleBean(RingEndpoint.class));
        exposed.withPropertyValues("management.endpoint.hamsterring.access=NONE")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RingEndpoint.class));
        exposed.withPropertyValues("hamster.hash.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RingEndpoint.class));
    }

    @Test
    void isNotThereWithoutActuator() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(HamsterAutoConfiguration.class, HamsterHashAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .withPropertyValues("management.endpoints.web.exposure.include=*")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(PeerPicker.class));
    }

    private List<String> dead() {
        Ring ring = (Ring) endpoint.ring(null, null, null).getBody();
        return ring.peers().stream()
                .filter(peer -> !peer.alive())
                .map(RingPeer::id)
                .toList();
    }

    private Place place(String key) {
        return (Place) endpoint.ring(key, null, null).getBody();
    }
}
