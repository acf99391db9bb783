package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;

@RedisTest(topology = Topology.STANDALONE)
class StandaloneCacheStoreTests extends RedisCacheStoreContract {

    StandaloneCacheStoreTests(RedisDeployment redis) {
        super(redis);
    }
}
