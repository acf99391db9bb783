package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;

@RedisTest(topology = Topology.CLUSTER)
class ClusterRedisClusterTests extends RedisClusterContract {

    ClusterRedisClusterTests(RedisDeployment redis) {
        super(redis);
    }
}
