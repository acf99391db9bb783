package io.hamster.spring.test;

import io.hamster.testing.ManualTime;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.test.context.TestPropertySource;

/**
 * Put beside {@code @SpringBootTest}: locks, caches and the cluster stay inside the test's JVM whatever the
 * application's own configuration says, and leases, times to live and retries follow a {@link ManualTime} bean, which
 * the test injects and advances.
 *
 * <pre>{@code
 * @SpringBootTest
 * @HamsterTest
 * class OrderTests {
 *     @Autowired ManualTime time;
 *     …
 *     time.advance(Duration.ofMinutes(10));
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@TestPropertySource(
        properties = {
            "hamster.test.manual-time=true",
            "hamster.lock.store=memory",
            "hamster.cache.remote.enabled=false",
            "hamster.cluster.enabled=false",
            "hamster.cluster.mode=single",
            "hamster.hash.health-check.enabled=false",
        })
public @interface HamsterTest {}
