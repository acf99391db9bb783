package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holders saw while leaders changed and commands, answers and messages went astray. */
class RaftLockHistoryTests {

    private static final int STEPS = 20_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void neverLetsTwoHandlesBeValidNorLeavesAnythingBehind(long seed) {
        LockSimulation simulation = new LockSimulation(seed, Duration.ZERO);

        simulation.run(STEPS);
        List<LockStatus> left = simulation.settle();

        assertThat(simulation.history.violations()).isEmpty();
        assertThat(simulation.history.reusedFences()).isEmpty();
        assertThat(simulation.history.size()).isGreaterThan(200);
        List<byte[]> copies = simulation.nodes.group.snapshots();
        assertThat(copies).hasSize(3).allSatisfy(copy -> assertThat(copy).isEqualTo(copies.get(0)));
        assertThat(left).isEmpty();
        assertThat(simulation.nodes.tables.get("node-0").state().lines).isEmpty();
    }

    @Test
    void findsHoldersThatOverlapIfTableTimeJumps() {
        List<String> violations = new ArrayList<>();
        for (long seed = 1; seed <= 3; seed++) {
            LockSimulation simulation = new LockSimulation(seed, Duration.ofSeconds(4));
            simulation.run(STEPS);
            violations.addAll(simulation.history.violations());
        }

        assertThat(violations).anyMatch(violation -> violation.startsWith("overlap"));
    }
}
