package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import org.junit.jupiter.api.Tag;

@Tag("torture")
@RedisTest(topology = Topology.SENTINEL)
class SentinelRedisClusterTests extends RedisClusterContract {

    SentinelRedisClusterTests(RedisDeployment redis) {
        super(redis);
    }
}
