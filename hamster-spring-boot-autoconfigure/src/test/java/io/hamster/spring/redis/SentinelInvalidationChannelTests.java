package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;

@RedisTest(topology = Topology.SENTINEL)
class SentinelInvalidationChannelTests extends InvalidationChannelContract {

    SentinelInvalidationChannelTests(RedisDeployment redis) {
        super(redis);
    }
}
