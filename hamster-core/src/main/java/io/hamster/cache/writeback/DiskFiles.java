package io.hamster.cache.writeback;

import io.hamster.file.DirectoryLock;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A directory on disk, locked against other processes and other journals of this one. */
final class DiskFiles implements JournalFiles {

    private static final boolean DIRECTORIES_CAN_BE_FORCED = File.separatorChar == '/';

    private final Path directory;
    private final DirectoryLock lock;

    private DiskFiles(Path directory, DirectoryLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    static DiskFiles open(Path directory) throws IOException {
        List<Path> parents = parentsToForce(directory);
        Files.createDirectories(directory);
        for (Path parent : parents) {
            force(parent);
        }
        DirectoryLock lock = DirectoryLock.take(directory)
                .orElseThrow(() -> new JournalException(
                        "The write-back journal in " + directory + " is in use by another process or another cache;"
                                + " one process owns a cache with durability FILE: give each a directory of its own,"
                                + " or share the cache with durability REDIS",
                        null));
        return new DiskFiles(directory, lock);
    }

    /** The parent of the directory and of each other that has to be made for it: a parent holds the name. */
    static List<Path> parentsToForce(Path directory) {
        List<Path> parents = new ArrayList<>();
        Path parent = directory.toAbsolutePath().getParent();
        boolean goesOn = true;
        while (parent != null && goesOn) {
            parents.add(parent);
            goesOn = Files.notExists(parent);
            parent = parent.getParent();
        }
        return parents;
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Override
    public JournalFile open(String name) throws IOException {
        return new DiskFile(FileChannel.open(
                directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void force() throws IOException {
        force(directory);
    }

    private static void force(Path directory) throws IOException {
        if (DIRECTORIES_CAN_BE_FORCED) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private record DiskFile(FileChannel channel) implements JournalFile {

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void read(ByteBuffer into, long position) throws IOException {
            long at = position;
            while (into.hasRemaining()) {
                int count = channel.read(into, at);
                if (count < 0) {
                    return;
                }
                at += count;
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            long at = position;
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            // The size is flushed with the data; only times may not be.
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
