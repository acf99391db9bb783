package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;

@RedisTest
class StandaloneRedisClusterTests extends RedisClusterContract {

    StandaloneRedisClusterTests(RedisDeployment redis) {
        super(redis);
    }
}
