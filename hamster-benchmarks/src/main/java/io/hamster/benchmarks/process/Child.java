package io.hamster.benchmarks.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with this one's class path, for what takes more than one or shouldn't share one. It prints lines that
 * begin with {@link #MARK}, everything else is passed on, and goes on when it is told to.
 */
public final class Child implements AutoCloseable {

    private static final String MARK = "=> ";
    private static final String GO = "go";

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    private Child(Process process) {
        this.process = process;
        this.out = process.inputReader();
        this.in = process.outputWriter();
    }

    /**
     * Starts a JVM with a heap of 512 MB.
     *
     * @param main its main class
     * @param arguments its arguments
     * @return the running JVM
     * @throws IOException if it doesn't start
     */
    public static Child start(Class<?> main, String... arguments) throws IOException {
        return start(List.of("-Xms512m", "-Xmx512m"), main, List.of(arguments));
    }

    /**
     * Starts a JVM.
     *
     * @param options the JVM's
     * @param main its main class
     * @param arguments its arguments
     * @return the running JVM
     * @throws IOException if it doesn't start
     */
    public static Child start(List<String> options, Class<?> main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /**
     * In the child: says something to the parent.
     *
     * @param line a line
     */
    public static void say(String line) {
        System.out.println(MARK + line);
    }

    /**
     * In the child: waits until the parent says to go on.
     *
     * @throws IOException if the parent is gone
     */
    public static void awaitGo() throws IOException {
        for (int octet = System.in.read(); octet != '\n'; octet = System.in.read()) {
            if (octet < 0) {
                throw new IOException("The parent is gone");
            }
        }
    }

    /**
     * What the child says next.
     *
     * @return a line
     * @throws IOException if it ended instead
     */
    public String hear() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(MARK)) {
                return line.substring(MARK.length());
            }
            System.out.println(line);
        }
        throw new IOException("The child ended without a word");
    }

    /**
     * Lets the child go on.
     *
     * @throws IOException if it has ended
     */
    public void go() throws IOException {
        tell(GO);
    }

    /**
     * Says something to the child, which reads its standard input.
     *
     * @param line a line
     * @throws IOException if it has ended
     */
    public void tell(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
    }

    /**
     * Says something to the child and waits for its answer.
     *
     * @param line a line
     * @return a line
     * @throws IOException if it has ended
     */
    public String ask(String line) throws IOException {
        tell(line);
        return hear();
    }

    /**
     * Ends the child's standard input, which is how it is told to end.
     *
     * @throws IOException if that fails
     */
    public void end() throws IOException {
        in.close();
    }

    /**
     * Waits for its end, for a minute at most.
     *
     * @throws IllegalStateException if it doesn't end
     */
    public void awaitEnd() {
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("Process " + process.pid() + " doesn't end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    /**
     * Its process.
     *
     * @return the process
     */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /**
     * Sends it a signal.
     *
     * @param name such as {@code STOP}
     * @throws Exception if there is no such signal, or nobody to get it
     */
    public void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " failed for process " + process.pid());
        }
    }

    /** Ends it at once, as a crash would. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
