package io.hamster.testing.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.redis.RedisTest.Topology;
import org.junit.jupiter.api.Test;

@RedisTest(topology = Topology.STANDALONE, exclusive = true)
class StandaloneRedisTests {

    @Test
    void keepsItsDataWhenKilledAndStarted(RedisDeployment redis) {
        RedisServer server = redis.servers().get(0);
        try (Resp connection = server.connect()) {
            connection.command("SET", "key", "value");
        }
        server.kill();
        server.start();
        try (Resp connection = server.connect()) {
            assertThat(connection.command("GET", "key")).isEqualTo("value");
        }
    }

    @Test
    void forgetsItsDataWhenWiped(RedisDeployment redis) {
        RedisServer server = redis.servers().get(0);
        try (Resp connection = server.connect()) {
            connection.command("SET", "other", "value");
        }
        server.wipe();
        server.start();
        try (Resp connection = server.connect()) {
            assertThat(connection.command("GET", "other")).isNull();
        }
    }
}
