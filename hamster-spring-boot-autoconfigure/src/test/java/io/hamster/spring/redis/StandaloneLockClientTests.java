package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;

@RedisTest(topology = Topology.STANDALONE)
class StandaloneLockClientTests extends RedisLockClientContract {

    StandaloneLockClientTests(RedisDeployment redis) {
        super(redis);
    }
}
