package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.SharedTier;
import io.hamster.cache.Tier;
import io.hamster.cache.store.StoredEntry;
import io.hamster.spring.codec.JacksonCodec;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What anybody may have written to Redis in a cached value's place: each read of it loads, and nothing of it is made. */
@RedisTest
class RedisPayloadFuzzTests {

    private static final int OF_EACH_SORT = 2500;
    private static final int STAMP = Long.BYTES;
    private static final String KEY = "k";
    private static final int COMPRESSED = 0xFF485A01;
    private static final int MOST_BYTES = 64 << 20;

    private final RedisFixture fixture;
    private final RedisCacheStore store;
    private final CacheClient client;
    private final HamsterCache<String, Book> cache;
    private final RedisClient writer;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final RedisCommands<byte[], byte[]> redis;
    private final Random random = new Random(11);
    private final AtomicInteger loads = new AtomicInteger();

    RedisPayloadFuzzTests(RedisDeployment deployment) {
        fixture = RedisFixture.on(deployment);
        store = fixture.cacheStore("books", Duration.ofMinutes(1));
        client = CacheClient.builder()
                .executor(fixture.executor)
                .scheduler(fixture.scheduler)
                .shared(SharedTier.of((cache, version, ttl) -> store, new JacksonCodec(new JsonMapper())))
                .build();
        cache = client.cache(
                "books",
                CachePolicy.builder().tier(Tier.REMOTE).valueType(Book.class).build());
        writer = RedisClient.create(deployment.addresses().get(0).toString());
        connection = writer.connect(ByteArrayCodec.INSTANCE);
        redis = connection.sync();
    }

    @AfterEach
    void close() {
        client.close();
        connection.close();
        writer.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        fixture.close();
    }

    /** A value with room for others. */
    record Book(String title, int pages, List<String> authors, Object anything) {}

    /** Remembers whether somebody has made one. */
    public static final class Gadget {

        static final AtomicBoolean MADE = new AtomicBoolean();

        public Gadget() {
            MADE.set(true);
        }

        public void setCommand(String command) {
            MADE.set(true);
        }
    }

    private byte[] nameOf(String key) {
        cache.put(key, new Book("title", 1, List.of("author"), "more"));
        List<byte[]> names = redis.keys(fixture.namespace + ":cache:*:e:" + key);
        assertThat(names).hasSize(1);
        return names.get(0);
    }

    private long undecodable() {
        return cache.stats().undecodable();
    }

    private void assertLoads(byte[] name, byte[] value, boolean isCounted) {
        redis.set(name, value, SetArgs.Builder.px(60_000));
        assertLoads(isCounted, () -> Arrays.toString(Arrays.copyOf(value, Math.min(value.length, 100))));
    }

    private void assertLoads(boolean isCounted, Supplier<String> what) {
        Book book = new Book("loaded " + loads.incrementAndGet(), 1, List.of(), "x");
        long before = undecodable();

        Optional<Book> read = cache.get(KEY, key -> book);

        assertThat(read).as(what).contains(book);
        if (isCounted) {
            assertThat(undecodable()).as(what).isGreaterThan(before);
        }
        assertThat(cache.get(KEY)).as(what).contains(book);
    }

    @Test
    void randomBytes() {
        byte[] name = nameOf(KEY);
        for (int i = 0; i < OF_EACH_SORT; i++) {
            byte[] value = new byte[random.nextInt(i % 10 == 0 ? 5000 : 80)];
            random.nextBytes(value);
            // Looking like this version's, also with a stamp that was never given and tags of anybody's choice.
            if (i % 3 == 0 && value.length > STAMP) {
                value[STAMP] = 1;
            }
            assertLoads(name, value, false);
        }
        assertThat(loads).hasValue(OF_EACH_SORT);
        assertThat(undecodable()).isPositive();
    }

    @Test
    void whatWasCutOffOrChangedSomewhere() {
        byte[] name = nameOf(KEY);
        byte[] good = redis.get(name);
        for (int i = 0; i < OF_EACH_SORT; i++) {
            byte[] value = good.clone();
            if (i % 2 == 0) {
                value = Arrays.copyOf(value, random.nextInt(value.length));
            } else {
                // Not the stamp, which only the server knows about.
                int at = STAMP + random.nextInt(value.length - STAMP);
                value[at] = (byte) (value[at] ^ 1 + random.nextInt(255));
            }
            assertLoads(name, value, false);
        }
        assertThat(undecodable()).isGreaterThan(OF_EACH_SORT / 2);
    }

    /** Figures and lengths that contradict each other, under a checksum that is right. */
    @Test
    void hostileLengthsWithARightChecksum() {
        byte[] name = nameOf(KEY);
        byte[] good = redis.get(name);
        for (int i = 0; i < OF_EACH_SORT; i++) {
            byte[] value = good.clone();
            ByteBuffer in = ByteBuffer.wrap(value);
            switch (i % 5) {
                case 0 -> in.putShort(STAMP + 10, (short) (1 + random.nextInt(0xFFFF)));
                case 1 -> in.putLong(STAMP + 12, -1 - random.nextLong(Long.MAX_VALUE));
                case 2 -> in.putLong(STAMP + 20, random.nextLong(60_000) - 70_000);
                case 3 -> in.putInt(STAMP + 28, random.nextBoolean() ? Integer.MAX_VALUE : -random.nextInt(1000) - 1);
                default -> in.put(STAMP, (byte) (2 + random.nextInt(200)));
            }
            assertLoads(name, checked(value), i % 5 != 0);
        }
    }

    private static byte[] checked(byte[] value) {
        CRC32C checksum = new CRC32C();
        checksum.update(value, STAMP, value.length - STAMP - Integer.BYTES);
        return ByteBuffer.wrap(value)
                .putInt(value.length - Integer.BYTES, (int) checksum.getValue())
                .array();
    }

    /** In entries that are Hamster's in form, as another version of an application would leave them. */
    @Test
    void foreignJson() {
        byte[] name = nameOf(KEY);
        byte[] stamp = Arrays.copyOf(redis.get(name), STAMP);
        List<String> hostile = new ArrayList<>(List.of(
                "",
                "null",
                "[]",
                "true",
                "\"text\"",
                "-1e999",
                "{\"title\":1,\"pages\":1}",
                "{\"title\":\"t\",\"pages\":\"12\"}",
                "{\"title\":\"t\",\"pages\":1.5}",
                "{\"title\":\"t\",\"pages\":null}",
                "{\"title\":\"t\",\"pages\":99999999999}",
                "{\"title\":\"t\",\"pages\":1,\"authors\":{}}",
                "{\"title\":\"t\",\"pages\":1} {\"title\":\"u\",\"pages\":2}",
                "[\"" + Gadget.class.getName() + "\",{\"command\":\"x\"}]",
                "[".repeat(100_000),
                "{\"anything\":".repeat(20_000),
                "{\"pages\":" + "9".repeat(100_000) + "}",
                "\u00ac\u00ed\u0000\u0005sr\u0000\u0011java.util.HashMap"));
        byte[] whole = "{\"title\":\"t\",\"pages\":1,\"authors\":[\"a\"],\"anything\":{\"more\":[1,2]}}"
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < OF_EACH_SORT; i++) {
            byte[] json = i % 2 == 0
                    ? hostile.get(i / 2 % hostile.size()).getBytes(StandardCharsets.UTF_8)
                    : Arrays.copyOf(whole, random.nextInt(whole.length));
            assertLoads(name, entry(stamp, json), true);
        }
        assertThat(Gadget.MADE).isFalse();
    }

    /** Streams that are cut, followed by more or none at all, lengths that lie, and more than anybody is to hold. */
    @Test
    void compressedForms() {
        byte[] name = nameOf(KEY);
        byte[] stamp = Arrays.copyOf(redis.get(name), STAMP);
        byte[] json = book(2000);
        byte[] good = zlib(json);
        byte[] large = book(MOST_BYTES + 1);
        byte[] bomb = zlib(large);
        for (int i = 0; i < OF_EACH_SORT; i++) {
            byte[] payload = switch (i % 5) {
                case 0 -> compressed(json.length, Arrays.copyOf(good, random.nextInt(good.length)));
                case 1 -> compressed(json.length, Arrays.copyOf(good, good.length + 1 + random.nextInt(20)));
                case 2 -> compressed(json.length + 1 + random.nextInt(Integer.MAX_VALUE), good);
                case 3 -> {
                    byte[] noise = new byte[random.nextInt(200)];
                    random.nextBytes(noise);
                    yield compressed(json.length, noise);
                }
                default -> compressed(i % 2 == 0 ? large.length : random.nextInt(100_000), bomb);
            };
            assertLoads(name, entry(stamp, payload), true);
        }
        redis.set(name, entry(stamp, compressed(json.length, good)), SetArgs.Builder.px(60_000));
        assertThat(cache.get(KEY))
                .hasValueSatisfying(book -> assertThat(book.title()).isEqualTo("t"));
    }

    private static byte[] book(int length) {
        String json = "{\"title\":\"t\",\"pages\":1,\"authors\":[],\"anything\":null}";
        return (json + " ".repeat(length - json.length())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] zlib(byte[] plain) {
        byte[] out = new byte[plain.length];
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(plain);
            deflater.finish();
            return Arrays.copyOf(out, deflater.deflate(out));
        } finally {
            deflater.end();
        }
    }

    private static byte[] compressed(int length, byte[] stream) {
        return ByteBuffer.allocate(2 * Integer.BYTES + stream.length)
                .putInt(COMPRESSED)
                .putInt(length)
                .put(stream)
                .array();
    }

    private static byte[] entry(byte[] stamp, byte[] payload) {
        Duration ttl = Duration.ofMinutes(10);
        byte[] entry = EntryFormat.encode(new StoredEntry(Optional.of(payload), Duration.ZERO, ttl, ttl, Set.of()));
        return ByteBuffer.allocate(stamp.length + entry.length)
                .put(stamp)
                .put(entry)
                .array();
    }

    /** Where the declared type leaves it open what comes, it is what JSON has, whatever class the text asks for. */
    @Test
    void typesThatTheTextAsksForAreNotMade() {
        byte[] name = nameOf(KEY);
        byte[] stamp = Arrays.copyOf(redis.get(name), STAMP);
        String gadget = Gadget.class.getName();
        for (String property : List.of("@class", "@type", "class", "@c", "_class")) {
            String inside = "{\"" + property + "\":\"" + gadget + "\",\"command\":\"x\"}";
            String outside =
                    "{\"" + property + "\":\"" + gadget + "\",\"title\":\"t\",\"pages\":1,\"anything\":" + inside + "}";
            redis.set(name, entry(stamp, outside.getBytes(StandardCharsets.UTF_8)), SetArgs.Builder.px(60_000));

            assertThat(cache.get(KEY, key -> null))
                    .hasValueSatisfying(book -> assertThat(book.anything()).isInstanceOf(Map.class));
            assertThat(Gadget.MADE).isFalse();
        }
        String wrapped = "{\"title\":\"t\",\"pages\":1,\"anything\":[\"" + gadget + "\",{\"command\":\"x\"}]}";
        redis.set(name, entry(stamp, wrapped.getBytes(StandardCharsets.UTF_8)), SetArgs.Builder.px(60_000));
        assertThat(cache.get(KEY, key -> null))
                .hasValueSatisfying(book -> assertThat(book.anything()).isInstanceOf(List.class));
        assertThat(Gadget.MADE).isFalse();
    }

    @Test
    void whatReadsWithoutALoaderAndWritesFindIsCountedToo() {
        byte[] name = nameOf(KEY);
        byte[] foreign = "of another program".getBytes(StandardCharsets.UTF_8);
        Book book = new Book("put", 1, List.of(), "x");

        redis.set(name, foreign, SetArgs.Builder.px(60_000));
        assertThat(cache.get(KEY)).isEmpty();
        assertThat(undecodable()).isEqualTo(1);
        assertThat(cache.putIfAbsent(KEY, book)).isEmpty();
        assertThat(cache.get(KEY)).contains(book);
        assertThat(undecodable()).isEqualTo(2);

        redis.set(name, foreign, SetArgs.Builder.px(60_000));
        assertThat(cache.loadAndDelete(KEY)).isEmpty();
        assertThat(undecodable()).isEqualTo(3);
    }

    @Test
    void foreignTypesOfRedis() {
        byte[] name = nameOf(KEY);
        List<Runnable> foreign = List.of(
                () -> redis.lpush(name, name),
                () -> redis.sadd(name, name),
                () -> redis.hset(name, name, name),
                () -> redis.zadd(name, 1, name));
        for (Runnable write : foreign) {
            redis.del(name);
            write.run();
            assertLoads(false, () -> "a foreign type");
        }
    }
}
