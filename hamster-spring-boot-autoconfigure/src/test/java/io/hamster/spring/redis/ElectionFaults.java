package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.spring.redis.Beliefs.Belief;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.Resp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Random faults of the network, of Redis and of nodes, one after the other; then everything works again. */
final class ElectionFaults {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int NODES = 3;
    /** In ms; not so late that it is given up. */
    private static final int LATEST = 330;

    private final RedisServer server;
    private final long seed;
    private final Random random;
    private final boolean flushing;
    private int flushes;
    private final Beliefs beliefs = new Beliefs();
    private final List<GroupNode> nodes = new ArrayList<>();

    /** @param flushing whether Redis is made to forget everything, too */
    ElectionFaults(RedisServer server, long seed, boolean flushing) {
        this.server = server;
        this.seed = seed;
        this.random = new Random(seed);
        this.flushing = flushing;
    }

    /** What was believed meanwhile. */
    List<Belief> run(Duration time) {
        String namespace = "test-" + UUID.randomUUID();
        try {
            for (int i = 0; i < NODES; i++) {
                GroupNode node = new GroupNode(server.port(), namespace, "node" + i);
                nodes.add(node);
                node.elect(beliefs);
            }
            await("a first leader, seed " + seed)
                    .atMost(PATIENCE)
                    .until(() -> nodes.stream().anyMatch(GroupNode::leads));
            long end = System.nanoTime() + time.toNanos();
            while (end - System.nanoTime() > 0) {
                // On a bad day each fault meets late answers.
                nodes.forEach(node -> node.proxy.delayReplies(
                        random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(LATEST))));
                pass(random.nextInt(600));
                fault();
            }
            nodes.forEach(node -> node.proxy.delayReplies(Duration.ZERO));
            await("one leader after the faults, seed " + seed)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(nodes)
                            .filteredOn(GroupNode::leads)
                            .hasSize(1)
                            .allSatisfy(leader ->
                                    assertThat(nodes).allMatch(node -> node == leader || node.follows(leader))));
        } finally {
            nodes.forEach(GroupNode::close);
        }
        return beliefs.all();
    }

    int flushes() {
        return flushes;
    }

    List<String> nodes() {
        return nodes.stream().map(each -> each.node.name()).toList();
    }

    /** What a node took for the present term, one after the other. */
    List<Long> terms(String node) {
        return beliefs.terms(node);
    }

    private void fault() {
        // The leader more often than not: the others' faults are duller.
        GroupNode node = nodes.stream()
                .filter(GroupNode::leads)
                .filter(leader -> random.nextInt(3) > 0)
                .findFirst()
                .orElse(nodes.get(random.nextInt(NODES)));
        int length = random.nextInt((int) (GroupNode.PERIOD.toMillis() * 3 / 2));
        switch (random.nextInt(10)) {
            case 0 -> node.proxy.cut();
            case 1, 7 -> {
                node.proxy.refuse(true);
                pass(length);
                node.proxy.refuse(false);
            }
            case 2 -> {
                node.proxy.holdReplies();
                pass(length);
                node.proxy.passReplies();
            }
            case 3 -> {
                node.proxy.holdRequests();
                pass(length);
                node.proxy.passRequests();
            }
            case 4 -> {
                node.proxy.holdRequests();
                pass(length / 2);
                Runnable arrive = node.proxy.strand();
                pass(length / 2);
                arrive.run();
            }
            case 5 -> {
                server.kill();
                pass(length);
                server.start();
            }
            case 6 -> {
                if (flushing) {
                    flush();
                }
            }
            case 8 -> {
                // As a cluster that is closed and started again, without waiting for its resignation.
                node.elector.resign(true, true);
                node.elector.close();
                pass(length / 4);
                node.elect(beliefs);
            }
            default -> node.elector.resign(random.nextBoolean(), false);
        }
    }

    private void flush() {
        // A term that one node alone knew of is forgotten with it.
        await().atMost(PATIENCE)
                .until(() -> nodes.stream()
                                .map(each -> each.standing().term())
                                .distinct()
                                .count()
                        == 1);
        try (Resp redis = server.connect()) {
            redis.command("FLUSHALL");
        }
        flushes++;
    }

    private static void pass(int millis) {
        RedisFixture.pass(Duration.ofMillis(millis));
    }
}
