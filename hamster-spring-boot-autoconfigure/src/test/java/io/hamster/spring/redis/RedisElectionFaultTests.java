package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.redis.Beliefs.Belief;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * At most one leader at any moment, whatever happens to the network, to Redis and to the nodes, as long as Redis keeps its
 * data. Where it is flushed as well that is best effort: two leaders are counted and printed, not hidden.
 */
@RedisTest(exclusive = true)
class RedisElectionFaultTests {

    /** Of each long run: -Dhamster.election.seconds=300 for a longer one. */
    private static final Duration LONG = Duration.ofSeconds(Integer.getInteger("hamster.election.seconds", 30));

    private final RedisServer server;

    RedisElectionFaultTests(RedisDeployment redis) {
        server = redis.servers().get(0);
    }

    @Test
    void hasOneLeaderAtMostForAShortWhile() {
        // Too short for the first leader to be replaced for sure.
        check(Duration.ofSeconds(6), 1);
    }

    @Tag("torture")
    @Test
    void hasOneLeaderAtMost() {
        check(LONG, 2);
    }

    @Tag("torture")
    @Test
    void goesOnWithHigherTermsThoughRedisIsFlushed() {
        long seed = RandomGenerator.getDefault().nextLong();
        ElectionFaults faults = new ElectionFaults(server, seed, true);

        List<Belief> beliefs = faults.run(LONG);

        List<String> violations = Beliefs.violations(beliefs);
        System.out.printf(
                "Redis flushed %d times: %d leaders, %d overlaps or terms given twice, seed %d%n",
                faults.flushes(), beliefs.size(), violations.size(), seed);
        violations.forEach(System.out::println);
        assertThat(faults.nodes())
                .allSatisfy(node ->
                        assertThat(faults.terms(node)).as("seed " + seed).isSorted());
        assertThat(beliefs.stream().map(Belief::node).distinct()).hasSizeGreaterThan(1);
    }

    private void check(Duration time, int leaders) {
        long seed = RandomGenerator.getDefault().nextLong();

        List<Belief> beliefs = new ElectionFaults(server, seed, false).run(time);

        assertThat(Beliefs.violations(beliefs)).as("seed " + seed).isEmpty();
        assertThat(beliefs.stream().map(Belief::node).distinct()).hasSizeGreaterThanOrEqualTo(leaders);
    }
}
