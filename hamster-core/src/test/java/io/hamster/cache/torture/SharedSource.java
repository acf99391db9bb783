package io.hamster.cache.torture;

import io.hamster.cache.invalidation.BadChannel.Treatment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The truth about a few keys, in a file that all processes of a run have in memory, and what the test tells them. Never
 * fails, never late. Thread-safe.
 */
public final class SharedSource {

    /** What loads in a transaction are given: older than everything. */
    static final long OLD_SNAPSHOT = 0;

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int TREATMENT = 0;
    private static final int WRITING = 1;
    private static final int QUIET_FROM = 2;
    private static final int READY = 3;
    private static final int HEADER = 4;

    private final ByteBuffer memory;

    private SharedSource(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Opens a file that another process may have open too. */
    public static SharedSource open(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = (HEADER + 2L * CacheUsers.KEYS) * Long.BYTES;
            return new SharedSource(channel.map(MapMode.READ_WRITE, 0, size));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long at(int index) {
        return (long) LONGS.getVolatile(memory, index * Long.BYTES);
    }

    private void set(int index, long value) {
        LONGS.setVolatile(memory, index * Long.BYTES, value);
    }

    /** The version of a key now, more than {@link #OLD_SNAPSHOT}. */
    long read(int key) {
        return 1 + at(HEADER + key);
    }

    /** A version that nobody had before. */
    long next(int key) {
        return 2 + (long) LONGS.getAndAdd(memory, (HEADER + CacheUsers.KEYS + key) * Long.BYTES, 1L);
    }

    /** Writes a version; {@code false} if there is a newer one. */
    boolean write(int key, long version) {
        int index = (HEADER + key) * Long.BYTES;
        while (true) {
            long now = (long) LONGS.getVolatile(memory, index);
            if (now >= version - 1) {
                return false;
            }
            if (LONGS.compareAndSet(memory, index, now, version - 1)) {
                return true;
            }
        }
    }

    /** How the channel is to treat messages now. */
    public Treatment treatment() {
        return Treatment.values()[(int) at(TREATMENT)];
    }

    boolean isWriting() {
        return at(WRITING) == 1;
    }

    /** From when on times are quiet; {@link Long#MAX_VALUE} if they aren't going to be. */
    long quietFrom() {
        return at(QUIET_FROM);
    }

    /** To be called once by each process. */
    void ready() {
        LONGS.getAndAdd(memory, READY * Long.BYTES, 1L);
    }

    /** How many processes are ready. */
    long countReady() {
        return at(READY);
    }

    /** Disturbs the channel. */
    public void disturb(Treatment treatment) {
        set(QUIET_FROM, Long.MAX_VALUE);
        set(TREATMENT, treatment.ordinal());
    }

    /** Ends what disturbs it. */
    public void calm(long quietFrom) {
        set(TREATMENT, Treatment.GOOD.ordinal());
        set(QUIET_FROM, quietFrom);
    }

    /** Whether the source is written. */
    public void setWriting(boolean value) {
        set(WRITING, value ? 1 : 0);
    }
}
