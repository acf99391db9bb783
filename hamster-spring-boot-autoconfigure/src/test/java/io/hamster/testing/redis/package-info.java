/**
 * Redis for tests, started by the tests: {@link io.hamster.testing.redis.RedisTest} gives a test one of the real
 * topologies, from whatever this machine has, and says once which that was.
 */
package io.hamster.testing.redis;
