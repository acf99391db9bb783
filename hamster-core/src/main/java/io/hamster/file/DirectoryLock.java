package io.hamster.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other processes and other owners in this one out of a directory, by a lock of the file {@code lock} in it. On
 * POSIX a process loses its lock of a file with any of its descriptors of that file ({@code fcntl}), so none is closed
 * here while somebody in this process may hold the lock. Thread-safe.
 */
public final class DirectoryLock implements AutoCloseable {

    private static final String FILE = "lock";

    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    /** Of files that this process has locked otherwise: by another class loader's copy of this, or by another path. */
    private static final Map<Path, FileChannel> LEFT_OPEN = new ConcurrentHashMap<>();

    private final Path directory;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Locks a directory without waiting.
     *
     * @param directory a directory that is there
     * @return to be closed; empty if somebody else holds it, in this process or in another
     * @throws IOException if the directory isn't there, or its lock can't be made
     */
    public static Optional<DirectoryLock> take(Path directory) throws IOException {
        Path real = directory.toRealPath();
        if (!HELD.add(real)) {
            return Optional.empty();
        }
        DirectoryLock taken = null;
        try {
            taken = lock(real);
        } finally {
            if (taken == null) {
                HELD.remove(real);
            }
        }
        return Optional.ofNullable(taken);
    }

    private static @Nullable DirectoryLock lock(Path directory) throws IOException {
        if (isLeftOpen(directory)) {
            return null;
        }
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean closes = true;
        try {
            if (channel.tryLock() != null) {
                closes = false;
                return new DirectoryLock(directory, channel);
            }
            return null;
        } catch (OverlappingFileLockException e) {
            closes = false;
            LEFT_OPEN.put(directory, channel);
            return null;
        } finally {
            if (closes) {
                channel.close();
            }
        }
    }

    /** Closes the channel that was left open, if nobody in this process holds its file any more. */
    private static boolean isLeftOpen(Path directory) throws IOException {
        FileChannel left = LEFT_OPEN.get(directory);
        if (left == null) {
            return false;
        }
        try {
            left.tryLock();
        } catch (OverlappingFileLockException e) {
            return true;
        }
        // Not used itself: the file that has this name may be another by now.
        LEFT_OPEN.remove(directory);
        left.close();
        return false;
    }

    /**
     * Lets others have the directory. Closing twice changes nothing.
     *
     * @throws IOException if that fails; others may have it all the same
     */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            try {
                channel.close();
            } finally {
                HELD.remove(directory);
            }
        }
    }
}
