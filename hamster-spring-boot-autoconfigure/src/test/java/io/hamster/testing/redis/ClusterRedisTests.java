package io.hamster.testing.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.redis.RedisTest.Topology;
import org.junit.jupiter.api.Test;

@RedisTest(topology = Topology.CLUSTER, exclusive = true)
class ClusterRedisTests {

    @Test
    void spreadsKeysOverThreePrimaries(RedisDeployment redis) {
        int refused = 0;
        try (Resp connection = redis.servers().get(0).connect()) {
            for (int i = 0; i < 100; i++) {
                try {
                    connection.command("SET", "key" + i, "value");
                } catch (Resp.ErrorReply e) {
                    assertThat(e).hasMessageStartingWith("MOVED");
                    refused++;
                }
            }
        }
        assertThat(refused).isBetween(30, 95);
    }
}
