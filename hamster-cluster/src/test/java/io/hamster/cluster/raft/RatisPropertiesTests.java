package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.retry.RetryPolicy;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

class RatisPropertiesTests {

    private static final RaftMember SELF = new RaftMember(Node.of("a", "127.0.0.1", 1), 2);
    private static final RaftSettings SETTINGS = RaftSettings.of(Path.of("data"), true);

    @Test
    void haveAFollowerHearOfItsLeaderBeforeItStands() {
        // Each try of a node that is away counts as two: these go on for minutes.
        IntStream.rangeClosed(1, 6010)
                .forEach(tried -> assertThat(pause(SETTINGS, tried))
                        .as("after %d tries", tried)
                        .isPositive()
                        .isLessThan(SETTINGS.electionTimeoutMin()));
    }

    @Test
    void tryAFollowerForEver() {
        RaftSettings slow = new RaftSettings(
                SETTINGS.directory(),
                true,
                Duration.ofSeconds(59),
                Duration.ofMinutes(1),
                SETTINGS.lease(),
                SETTINGS.snapshotEvery(),
                SETTINGS.timeout());
        for (RaftSettings settings : List.of(SETTINGS, slow)) {
            IntStream.of(1, 100, 10_000, 100_000_000, Integer.MAX_VALUE)
                    .forEach(tried -> assertThat(pause(settings, tried))
                            .as("after %d tries", tried)
                            .isPositive()
                            .isLessThan(Duration.ofSeconds(2)));
        }
    }

    private static Duration pause(RaftSettings settings, int tried) {
        RaftProperties properties = RatisProperties.of(SELF, settings, Path.of("data"));
        RetryPolicy tries = RetryPolicy.parse(
                RaftServerConfigKeys.Log.Appender.retryPolicy(properties),
                RaftServerConfigKeys.Log.Appender.RETRY_POLICY_KEY);
        return Duration.ofNanos(
                tries.handleAttemptFailure(() -> tried).getSleepTime().toLong(TimeUnit.NANOSECONDS));
    }
}
