package io.hamster.benchmarks.writeback;

import io.hamster.Codec;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Puts of 200 bytes that outlast a crash once they return, with the flushes that they lead to. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public abstract class AcknowledgedPuts {

    private static final long KEYS = 100_000;
    private static final int BYTES = 200;

    private final byte[] value = new byte[BYTES];
    private final Path directory = newDirectory();
    private final PlainAppend plain = new PlainAppend(directory.resolve("plain"));
    private final CacheClient client =
            CacheClient.builder().codec(new BytesCodec()).build();
    private final HamsterCache<Long, byte[]> cache = client.cache("puts", policy(directory));

    /** As cheap as can be: what is measured is the journal. */
    private static final class BytesCodec implements Codec {

        @Override
        public byte[] encode(Object value, Type type) {
            return value instanceof Long key
                    ? ByteBuffer.allocate(Long.BYTES).putLong(key).array()
                    : (byte[]) value;
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            return type == Long.class ? (Object) ByteBuffer.wrap(bytes).getLong() : bytes;
        }
    }

    /** On the disk that the build is on. */
    private static Path newDirectory() {
        try {
            return Files.createTempDirectory(Path.of("hamster-benchmarks", "target"), "writeback");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CachePolicy policy(Path directory) {
        WriteBackWriter<Long, byte[]> source = batch -> Map.of();
        return CachePolicy.builder()
                .maxSize(KEYS)
                .writeBack(
                        source,
                        WriteBackPolicy.builder()
                                .durability(Durability.FILE)
                                .directory(directory)
                                .types(Long.class, byte[].class)
                                .batchSize(1000)
                                .maxDirty((int) KEYS)
                                .build())
                .build();
    }

    /**
     * Deletes what was written.
     *
     * @throws Exception if it can't
     */
    @TearDown
    public void close() throws Exception {
        client.close();
        plain.end();
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            deepestFirst.forEach(AcknowledgedPuts::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hamster. */
    @Benchmark
    public void hamster() {
        cache.put(ThreadLocalRandom.current().nextLong(KEYS), value);
    }

    /** An append and a force for all that have come. */
    @Benchmark
    public void plainAppend() {
        plain.append(value);
    }
}
