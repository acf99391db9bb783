package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.file.Path;
import org.apache.ratis.util.ExitUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;

class RatisMannersTests {

    @TempDir
    private Path root;

    @Test
    void leavesTheApplicationsHandlerOfUncaughtExceptionsAlone() {
        UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            cluster.node("a").propose("something");

            assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(before);
        }
    }

    @Test
    void neverExitsTheApplication() {
        RatisManners.mind();

        assertThatExceptionOfType(ExitUtils.ExitException.class)
                .isThrownBy(() -> ExitUtils.terminate(7, "this test still runs", NOPLogger.NOP_LOGGER));
        assertThat(ExitUtils.clear()).isTrue();
    }
}
