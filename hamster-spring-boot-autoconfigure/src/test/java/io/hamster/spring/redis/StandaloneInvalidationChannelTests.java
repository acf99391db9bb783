package io.hamster.spring.redis;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;

@RedisTest
class StandaloneInvalidationChannelTests extends InvalidationChannelContract {

    StandaloneInvalidationChannelTests(RedisDeployment redis) {
        super(redis);
    }
}
