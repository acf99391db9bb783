package io.hamster.testing.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Redis process that a test owns: can be killed, paused and started again with the data it had. */
public final class RedisServer implements AutoCloseable {

    private static final long STOP_SECONDS = 10;

    private final Path executable;
    private final int port;
    private final Path directory;
    private final List<String> arguments;
    private Process process;

    RedisServer(Path executable, int port, Path directory, List<String> arguments) {
        this.executable = executable;
        this.port = port;
        this.directory = directory;
        this.arguments = List.copyOf(arguments);
    }

    /**
     * The port.
     *
     * @return on 127.0.0.1
     */
    public int port() {
        return port;
    }

    /**
     * A connection for commands.
     *
     * @return a new connection, to be closed by the caller
     */
    public Resp connect() {
        return Resp.connect(port);
    }

    /** Starts the process and waits until it answers. */
    public void start() {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(arguments);
        try {
            Files.createDirectories(directory);
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("redis.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + command, e);
        }
        Waiting.until("Redis on port " + port + " to answer", this::answers);
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "Redis on port " + port + " ended with " + process.exitValue() + ": " + log());
        }
        try (Resp redis = connect()) {
            return "PONG".equals(redis.command("PING"));
        } catch (UncheckedIOException | Resp.ErrorReply e) {
            // Not listening yet, or still loading its data.
            return false;
        }
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("redis.log"));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    /** Ends the process at once, as a crash would ({@code SIGKILL}). */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Stops the process without its knowing ({@code SIGSTOP}); connections stay open and get no answer. */
    public void pause() {
        signal("STOP");
    }

    /** Lets a paused process go on ({@code SIGCONT}). */
    public void resume() {
        signal("CONT");
    }

    /** Ends the process and forgets its data, as if the machine had been replaced. */
    public void wipe() {
        kill();
        Directories.deleteContents(directory);
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " failed for process " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Redis on port " + port + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }
}
