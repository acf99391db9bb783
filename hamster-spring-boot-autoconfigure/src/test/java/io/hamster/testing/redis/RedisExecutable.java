package io.hamster.testing.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;

/**
 * The {@code redis-server} that tests start.
 *
 * @param path where it is
 * @param source how it was found
 * @param version what it says of itself
 */
record RedisExecutable(Path path, String source, String version) {

    private static final Pattern VERSION = Pattern.compile("v=([0-9.]+)");

    static Optional<RedisExecutable> find() {
        Optional<RedisExecutable> onPath = onPath();
        return onPath.isPresent() ? onPath : embedded();
    }

    private static Optional<RedisExecutable> onPath() {
        String path = System.getenv("PATH");
        if (path == null) {
            return Optional.empty();
        }
        for (String directory : path.split(java.io.File.pathSeparator)) {
            Path candidate = Path.of(directory, "redis-server");
            if (Files.isExecutable(candidate)) {
                return checked(candidate, "redis-server on the PATH");
            }
        }
        return Optional.empty();
    }

    private static Optional<RedisExecutable> embedded() {
        try {
            return checked(ExecutableProvider.newJarResourceProvider().get().toPath(), "embedded-redis");
        } catch (IOException | RuntimeException e) {
            // No binary for this operating system: the caller says so.
            return Optional.empty();
        }
    }

    /** A binary may be there and still not run here, for want of a shared library. */
    private static Optional<RedisExecutable> checked(Path path, String source) {
        try {
            Process process = new ProcessBuilder(path.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher version = VERSION.matcher(output);
            return process.waitFor() == 0 && version.find()
                    ? Optional.of(new RedisExecutable(path, source, version.group(1)))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not run " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
