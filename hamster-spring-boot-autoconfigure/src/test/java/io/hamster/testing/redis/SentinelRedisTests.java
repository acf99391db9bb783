package io.hamster.testing.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.redis.RedisTest.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

@RedisTest(topology = Topology.SENTINEL, exclusive = true)
class SentinelRedisTests {

    @Test
    void electsAnotherPrimaryWhenTheFirstIsKilled(RedisDeployment redis) {
        int first = redis.servers().get(0).port();

        redis.servers().get(0).kill();

        Waiting.until("a failover", () -> primary(redis) != first);
        assertThat(redis.servers()).extracting(RedisServer::port).contains(primary(redis));
    }

    private static int primary(RedisDeployment redis) {
        try (Resp sentinel = Resp.connect(redis.addresses().get(0).getPort())) {
            List<?> address =
                    (List<?>) sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisDeployment.SENTINEL_MASTER);
            return Integer.parseInt((String) address.get(1));
        }
    }
}
