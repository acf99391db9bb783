package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.Node;
import java.nio.file.Path;
import java.time.Duration;
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
    void letNoFollowerWaitForAnElection() {
        RaftProperties properties = RatisProperties.of(SELF, SETTINGS, Path.of("data"));
        RetryPolicy tries = RetryPolicy.parse(
                RaftServerConfigKeys.Log.Appender.retryPolicy(properties),
                RaftServerConfigKeys.Log.Appender.RETRY_POLICY_KEY);

        // What is away for weeks is tried a few million times.
        IntStream.of(1, 10, 11, 100, 10_000, 100_000_000).forEach(tried -> {
            Duration pause = Duration.ofNanos(
                    tries.handleAttemptFailure(() -> tried).getSleepTime().toLong(TimeUnit.NANOSECONDS));
            assertThat(pause).as("after %d tries", tried).isPositive().isLessThan(SETTINGS.electionTimeoutMin());
        });
    }
}
