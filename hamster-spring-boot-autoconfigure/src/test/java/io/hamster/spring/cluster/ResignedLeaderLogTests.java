package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.cluster.ScriptedElector;
import io.hamster.cluster.ScriptedTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A leader that hands over is no reason to warn. */
@ExtendWith(OutputCaptureExtension.class)
class ResignedLeaderLogTests {

    private static final Node SELF = Node.of("a", "127.0.0.1", 1);

    private final ScriptedElector elector = new ScriptedElector();
    private final Cluster cluster =
            Cluster.builder(SELF, elector, new ScriptedTransport(SELF)).build();

    @BeforeEach
    void follow() {
        cluster.start();
        elector.follows(3, "b");
    }

    @AfterEach
    void close() {
        elector.onResign(() -> elector.resigned().complete(null));
        cluster.close();
    }

    @Test
    void aResignationIsNoReasonToWarn(CapturedOutput output) {
        elector.sawResignation(3);

        assertThat(cluster.isElecting()).isTrue();
        assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains("WARN") && line.contains("term 3"))
                .isEmpty();
        assertThat(output).doesNotContain("has lost its leader");
    }

    @Test
    void aLossIsAWarning(CapturedOutput output) {
        elector.elects(3, true);

        assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains("a has lost its leader b of term 3"))
                .singleElement()
                .asString()
                .contains("WARN");
    }
}
