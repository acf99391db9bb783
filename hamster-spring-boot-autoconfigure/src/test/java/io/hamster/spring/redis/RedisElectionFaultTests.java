package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.redis.Beliefs.Belief;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** At most one leader at any moment, whatever happens to the network, to Redis and to the nodes. */
@RedisTest(exclusive = true)
class RedisElectionFaultTests {

    private final RedisServer server;

    RedisElectionFaultTests(RedisDeployment redis) {
        server = redis.servers().get(0);
    }

    @Test
    void hasOneLeaderAtMostForAShortWhile() {
        check(Duration.ofSeconds(12));
    }

    @Tag("torture")
    @RepeatedTest(5)
    void hasOneLeaderAtMost() {
        check(Duration.ofMinutes(1));
    }

    private void check(Duration time) {
        long seed = RandomGenerator.getDefault().nextLong();

        List<Belief> beliefs = new ElectionFaults(server, seed).run(time);

        assertThat(Beliefs.violations(beliefs)).as("seed " + seed).isEmpty();
        assertThat(beliefs.stream().map(Belief::node).distinct()).hasSizeGreaterThan(1);
    }
}
