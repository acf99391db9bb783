package io.hamster.testing.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary directories of servers. */
final class Directories {

    private Directories() {}

    static Path create() {
        try {
            return Files.createTempDirectory("hamster-redis-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteContents(Path directory) {
        delete(directory, false);
    }

    static void delete(Path directory) {
        delete(directory, true);
    }

    private static void delete(Path directory, boolean itself) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                if (itself || !path.equals(directory)) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
