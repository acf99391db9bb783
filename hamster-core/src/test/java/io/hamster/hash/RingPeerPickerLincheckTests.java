package io.hamster.hash;

import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Changes and picks look as if they happened one after the other, in some order. */
@Tag("lincheck")
@Param(name = "peer", gen = IntGen.class, conf = "0:2")
@Param(name = "key", gen = IntGen.class, conf = "0:9")
public class RingPeerPickerLincheckTests {

    private final RingPeerPicker picker = RingPeerPicker.builder()
            .profile(RingProfile.groupcache(
                    HashFunction.of32(text -> Integer.parseInt(text) * 0x9E3779B9), Replicas.of(1)))
            .peers(List.of(new Peer("9", "a")))
            .build();

    @Operation
    public void add(@Param(name = "peer") int peer) {
        picker.addPeers(new Peer(Integer.toString(peer), "a"));
    }

    @Operation
    public void remove(@Param(name = "peer") int peer) {
        picker.removePeers(Integer.toString(peer));
    }

    @Operation
    public boolean die(@Param(name = "peer") int peer) {
        try {
            picker.updatePeerStatus(Integer.toString(peer), false);
            return true;
        } catch (UnknownPeerException e) {
            return false;
        }
    }

    @Operation
    public String pick(@Param(name = "key") int key) {
        return picker.pickPeer(Integer.toString(key)).id();
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                // Rings never change once they are built: switching threads inside them, or while logging, shows
                // nothing new.
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                HashRing.class.getName(), PointRing.class.getName(), "ch.qos.logback.classic.Logger")
                        .allMethods()
                        .ignore())
                .check(RingPeerPickerLincheckTests.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .check(RingPeerPickerLincheckTests.class);
    }
}
