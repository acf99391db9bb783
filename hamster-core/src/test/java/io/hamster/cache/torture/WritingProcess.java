package io.hamster.cache.torture;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.Tier;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackPolicyBuilder;
import io.hamster.cache.writeback.WriteBackWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads of one process that put rising numbers under keys of their own and log each that was acknowledged. */
public final class WritingProcess {

    private static final int THREADS = 8;
    private static final int KEYS = 20;
    private static final long LIFE = 1_000_000_000L;

    private final FileChannel acknowledged;
    private final FileChannel stored;
    private final String owner;
    private final long life;
    private volatile boolean ended;

    /**
     * @param directory where the logs are, which all lives share
     * @param owner whose keys it writes
     * @param life which life of the owner this is; numbers of a later one are higher
     */
    public WritingProcess(Path directory, String owner, int life) throws IOException {
        this.acknowledged = append(directory.resolve("acknowledged"));
        this.stored = append(directory.resolve("stored"));
        this.owner = owner;
        this.life = life;
    }

    private static FileChannel append(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** A source that keeps what it is given and is away now and then. */
    private final class Source implements WriteBackWriter<String, String> {

        private final Random random = new Random(life);

        @Override
        public Map<WriteBackEntry<String, String>, Exception> write(List<WriteBackEntry<String, String>> batch)
                throws Exception {
            if (random.nextInt(10) == 0) {
                throw new IOException("away");
            }
            // The order within a batch is the writer's own, so each entry is its own line.
            for (WriteBackEntry<String, String> entry : batch) {
                line(
                        stored,
                        entry.key() + " " + entry.sequence() + " "
                                + entry.value().orElse("-"));
            }
            return Map.of();
        }
    }

    /** Writes until this process's standard input ends, then flushes. */
    public void runUntilInputEnds(CacheClient client, CachePolicyBuilder kind, WriteBackPolicyBuilder back)
            throws Exception {
        CachePolicy policy = kind.writeBack(
                        new Source(),
                        back.types(String.class, String.class)
                                .flushInterval(Duration.ofMillis(50))
                                .batchSize(50)
                                .retryDelay(Duration.ofMillis(20))
                                .fullTimeout(Duration.ofSeconds(20))
                                .build())
                .build();
        HamsterCache<String, String> cache = client.cache("written", policy);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String prefix = owner + "-" + i + "-";
            Random random = new Random(life * THREADS + i);
            running.add(threads.submit(() -> write(cache, prefix, random)));
        }
        threads.shutdown();
        while (System.in.read() >= 0) {
            // Nothing is said there; only its end counts.
        }
        ended = true;
        for (Future<?> each : running) {
            each.get();
        }
        while (!cache.dirty().isEmpty()) {
            flush(cache);
        }
        client.close();
    }

    private static void flush(HamsterCache<String, String> cache) {
        cache.writeBack().orElseThrow().redriveAll();
        try {
            cache.flush();
        } catch (FlushException e) {
            // The source is away now and then; the caller asks again.
        }
    }

    private void write(HamsterCache<String, String> cache, String prefix, Random random) {
        long number = life * LIFE;
        while (!ended) {
            String key = prefix + random.nextInt(KEYS);
            String value = Long.toString(++number);
            cache.put(key, value);
            line(acknowledged, key + " " + value);
            Optional<String> read = cache.get(key);
            // Of a shared cache, another process may have flushed and so dropped it.
            boolean mayBeGone = cache.policy().tier() != Tier.LOCAL && read.isEmpty();
            if (!mayBeGone && !read.equals(Optional.of(value))) {
                line(acknowledged, key + " not-read " + value);
            }
        }
    }

    /** One call a line: channels that append write each of them whole. */
    private static void line(FileChannel to, String line) {
        try {
            to.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
