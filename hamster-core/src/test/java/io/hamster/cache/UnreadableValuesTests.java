package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamster.Codec;
import io.hamster.CodecException;
import io.hamster.cache.store.MemoryCacheStore;
import io.hamster.testing.ManualTime;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Values that can be written to the shared tier and not be read back. */
class UnreadableValuesTests {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(StoredValues.class);

    private final ManualTime time = new ManualTime();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        LOG.addAppender(lines);
        lines.start();
    }

    @AfterEach
    void stopListening() {
        LOG.detachAppender(lines);
    }

    private CacheClient client(Codec codec) {
        return CacheClient.builder()
                .timeSource(time)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .shared(SharedTier.of((cache, version, ttl) -> new MemoryCacheStore(time, ttl), codec))
                .build();
    }

    @Test
    void eachCacheWarnsOnceOfWhatItCannotReadBack() {
        Codec codec = new Codec() {
            @Override
            public byte[] encode(Object value, Type type) {
                return value.toString().getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Object decode(byte[] bytes, Type type) {
                throw new CodecException("4 bytes aren't a Shape", new IllegalArgumentException("secret"));
            }
        };
        try (CacheClient client = client(codec)) {
            for (String name : new String[] {"shape", "shape", "other"}) {
                HamsterCache<Integer, String> cache = client.cache(
                        name,
                        CachePolicy.builder()
                                .tier(Tier.REMOTE)
                                .valueType(String.class)
                                .build());
                for (int key = 0; key < 5; key++) {
                    cache.put(key, "secret");
                    assertThat(cache.get(key)).isEmpty();
                }
            }
        }

        assertThat(lines.list)
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.INFO))
                .hasSize(2)
                .allSatisfy(line -> {
                    assertThat(line.getLevel()).isEqualTo(Level.WARN);
                    assertThat(line.getThrowableProxy()).isNull();
                    assertThat(line.getFormattedMessage())
                            .contains("can't be read as java.lang.String", "4 bytes aren't a Shape", "value-type")
                            .doesNotContain("secret");
                })
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        line -> assertThat(line).contains("cache 'shape'"),
                        line -> assertThat(line).contains("cache 'other'"));
    }

    @Test
    void itWarnsOfACodecThatMakesSomethingElse() {
        try (CacheClient client = client(new TextCodec())) {
            HamsterCache<Integer, Integer> cache = client.cache(
                    "numbers",
                    CachePolicy.builder()
                            .tier(Tier.REMOTE)
                            .valueType(Integer.class)
                            .build());
            cache.put(1, 1);

            assertThat(cache.get(1, key -> 2)).contains(2);
        }

        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains("cache 'numbers'", "java.lang.Integer", "something else");
    }
}
