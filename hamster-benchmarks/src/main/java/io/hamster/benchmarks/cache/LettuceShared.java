package io.hamster.benchmarks.cache;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** One GET and a decoder for the type: the least that a hit in Redis takes. */
final class LettuceShared implements SharedCache {

    private final RedisClient client;
    private final StatefulRedisConnection<String, byte[]> connection;
    private final ObjectReader reader;
    private final ObjectWriter writer;

    LettuceShared(int port) {
        client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        JsonMapper mapper = JsonMapper.builder().build();
        reader = mapper.readerFor(Product.class);
        writer = mapper.writerFor(Product.class);
    }

    @Override
    public void put(String key, Product product) {
        connection.sync().set(key, writer.writeValueAsBytes(product), SetArgs.Builder.px(Duration.ofHours(1)));
    }

    @Override
    public @Nullable Product get(String key) {
        byte[] found = connection.sync().get(key);
        return found == null ? null : reader.readValue(found);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
