package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import org.junit.jupiter.api.Tag;

/** In the long runs only: it differs from one server only in how scripts and messages find their way. */
@Tag("torture")
@RedisTest(topology = Topology.CLUSTER)
class ClusterRedisClusterTests extends RedisClusterContract {

    ClusterRedisClusterTests(RedisDeployment redis) {
        super(redis);
    }
}
