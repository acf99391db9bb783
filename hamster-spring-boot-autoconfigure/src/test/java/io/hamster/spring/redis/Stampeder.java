package io.hamster.spring.redis;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.SharedTier;
import io.hamster.cache.Tier;
import io.hamster.spring.codec.JacksonCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process whose threads all ask for one cold key at the same time, in each round that is announced in Redis: name,
 * port, namespace. What it does is counted there too.
 */
final class Stampeder {

    static final int THREADS = 64;
    /** Of whom is killed. Renewed when two thirds are left: so long may one of many busy processes not get to it. */
    static final Duration LEASE = Duration.ofMillis(4500);

    /** Where its end isn't waited for. */
    private static final Duration LONG_LEASE = Duration.ofSeconds(60);

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(5);
    private static final long LOOK_EVERY_NANOS = 5_000_000;
    /** For callers that have said that they begin but haven't begun. */
    private static final long LOAD_NANOS = 200_000_000;

    private final String name;
    private final String namespace;
    private final CacheClient client;
    private final StringRedisTemplate redis;
    private volatile boolean ended;

    /**
     * One stampede.
     *
     * @param number of the round, from 1
     * @param callers how many there are in all processes
     * @param firstLoads how many loads run at the same time, which wait for each other
     * @param isKilled whether the first load never ends
     */
    record Round(int number, Tier tier, LoadScope scope, int callers, int firstLoads, boolean isKilled) {

        String line() {
            return number + " " + tier + " " + scope + " " + callers + " " + firstLoads + " " + isKilled;
        }

        static Round parse(String line) {
            String[] parts = line.split(" ");
            return new Round(
                    Integer.parseInt(parts[0]),
                    Tier.valueOf(parts[1]),
                    LoadScope.valueOf(parts[2]),
                    Integer.parseInt(parts[3]),
                    Integer.parseInt(parts[4]),
                    Boolean.parseBoolean(parts[5]));
        }
    }

    private Stampeder(String name, String namespace, CacheClient client, StringRedisTemplate redis) {
        this.name = name;
        this.namespace = namespace;
        this.client = client;
        this.redis = redis;
    }

    public static void main(String[] args) throws Exception {
        try (CacheInstance instance = new CacheInstance(Integer.parseInt(args[1]), args[2], COMMAND_TIMEOUT);
                CacheClient client = CacheClient.builder()
                        .scheduler(instance.scheduler)
                        .executor(instance.executor)
                        .shared(SharedTier.of(instance::store, new JacksonCodec(new JsonMapper()))
                                .withChannel(instance.channel()))
                        .build()) {
            instance.start();
            StringRedisTemplate redis = new StringRedisTemplate(instance.factory);
            redis.afterPropertiesSet();
            new Stampeder(args[0], args[2], client, redis).runUntilInputEnds();
        }
    }

    /** Where a round's figures are. */
    static String key(String namespace, int round, String what) {
        return namespace + ":round:" + round + ":" + what;
    }

    private void runUntilInputEnds() throws IOException {
        int before = announced().map(Round::number).orElse(0);
        redis.opsForSet().add(namespace + ":ready", name);
        start(() -> follow(before));
        while (System.in.read() >= 0) {
            // Nothing is said there; only its end counts.
        }
        ended = true;
    }

    private Optional<Round> announced() {
        return Optional.ofNullable(redis.opsForValue().get(namespace + ":round"))
                .map(Round::parse);
    }

    private void follow(int before) {
        int last = before;
        while (!ended) {
            Round round = announced().orElse(null);
            if (round != null && round.number > last) {
                last = round.number;
                stampede(round);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    private void stampede(Round round) {
        HamsterCache<String, String> cache = client.cache(
                "stampede-" + round.tier + "-" + round.scope + "-" + round.isKilled,
                CachePolicy.builder()
                        .tier(round.tier)
                        .loadScope(round.scope)
                        .leaseTimeout(round.isKilled ? LEASE : LONG_LEASE)
                        .valueType(String.class)
                        .build());
        CountDownLatch ready = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            start(() -> {
                ready.countDown();
                redis.opsForList().rightPush(key(namespace, round.number, "answers"), answer(round, cache, ready));
            });
        }
    }

    private String answer(Round round, HamsterCache<String, String> cache, CountDownLatch ready) {
        try {
            ready.await();
            redis.opsForValue().increment(key(namespace, round.number, "begun"));
            return cache.get("cold-" + round.number, key -> load(round)).orElse("nothing");
        } catch (Exception e) {
            return "failed: " + e;
        }
    }

    private String load(Round round) throws Exception {
        String loads = key(namespace, round.number, "loads");
        Long number = redis.opsForList().rightPush(loads, name);
        if (round.isKilled && number == 1) {
            new CountDownLatch(1).await();
        }
        while (begun(round) < round.callers || redis.opsForList().size(loads) < round.firstLoads) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        LockSupport.parkNanos(LOAD_NANOS);
        return "loaded by " + name;
    }

    private int begun(Round round) {
        String begun = redis.opsForValue().get(key(namespace, round.number, "begun"));
        return begun == null ? 0 : Integer.parseInt(begun);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "stampeder");
        thread.setDaemon(true);
        thread.start();
    }
}
