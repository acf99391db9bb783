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
 * Put beside {@code @SpringBootTest}: everything stays inside the test's JVM, whatever the application's own configuration
 * says, and time stands still until the test moves it.
 *
 * <ul>
 *   <li>Locks are in memory, with leases and waits by the clock of a {@link ManualTime} bean, which the test injects and
 *       advances.
 *   <li>Caches are local, those of several tiers too, and tell no other instance of changes; times to live, refreshes and
 *       flushes follow the same clock. Caches that write back journal in memory and call the application's writer.
 *   <li>The cluster is of one node, which leads: {@code @LeaderOnly} methods run, and remote functions are called in place.
 *   <li>Peers aren't asked how they are. A ring that a discovery client fills is left to that client.
 * </ul>
 *
 * <p>Nothing connects to Redis for Hamster, nor opens a port. Spring's own schedules, transactions and {@code Clock} beans
 * keep to real time. {@code @HamsterLocked} methods that wait for a lock wait until another thread releases it or advances
 * the clock.
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
            "hamster.test.memory-journals=true",
            "hamster.test.lone-peer=true",
            "hamster.lock.store=memory",
            "hamster.cache.remote.enabled=false",
            "hamster.cluster.enabled=false",
            "hamster.cluster.mode=single",
            "hamster.hash.health-check.enabled=false",
        })
public @interface HamsterTest {}
