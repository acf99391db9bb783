package io.hamster.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with this one's class path, which a test can kill and pause. Its main class is to end when its standard
 * input does, so that none outlives a test that was killed itself.
 */
public final class JavaProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 30;

    private final Process process;

    private JavaProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts a JVM.
     *
     * @param output where what it prints is appended
     * @param main its main class
     * @param arguments its arguments
     * @return the running process
     */
    public static JavaProcess start(Path output, Class<?> main, List<String> arguments) {
        return start(output, List.of(), main, arguments);
    }

    /**
     * Starts a JVM by way of another command, which it takes the place of.
     *
     * @param output where what it prints is appended
     * @param by the command, such as one that changes to a network of its own
     * @param main its main class
     * @param arguments its arguments
     * @return the running process
     */
    public static JavaProcess start(Path output, List<String> by, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        try {
            return new JavaProcess(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + main.getName(), e);
        }
    }

    /** Writes a line to its standard input; nothing if it has ended. */
    public void say(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it at once, as a crash would ({@code SIGKILL}). */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Stops it without its knowing ({@code SIGSTOP}). */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on after {@link #pause} ({@code SIGCONT}). */
    public void resume() {
        signal("CONT");
    }

    /** Has it end by itself. */
    public void end() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitEnd();
    }

    public int exitValue() {
        return process.exitValue();
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
                throw new IllegalStateException("Process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
