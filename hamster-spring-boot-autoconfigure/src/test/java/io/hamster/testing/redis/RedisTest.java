package io.hamster.testing.redis;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a running Redis as a parameter of type {@link RedisDeployment}, shared by all classes that ask for
 * the same topology unless {@link #exclusive()}.
 *
 * <p>Redis comes from the first of: {@code HAMSTER_TEST_REDIS_URI}, a container by Testcontainers where Docker runs (both
 * standalone and shared only), {@code redis-server} on the {@code PATH}, the binary of embedded-redis. Where there is none
 * the test is skipped, or fails with {@code -Dhamster.test.redis=required}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RedisExtension.class)
public @interface RedisTest {

    /**
     * The topology.
     *
     * @return what to start
     */
    Topology topology() default Topology.STANDALONE;

    /**
     * Whether the class gets a deployment of its own, because it stops, pauses or reconfigures it.
     *
     * @return {@code false} to share one
     */
    boolean exclusive() default false;

    /** What is started. */
    enum Topology {
        /** One server. */
        STANDALONE,
        /** A primary, two replicas and three sentinels. */
        SENTINEL,
        /** Three primaries. */
        CLUSTER
    }
}
