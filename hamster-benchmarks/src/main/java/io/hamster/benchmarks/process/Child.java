package io.hamster.benchmarks.lock;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Another JVM with this one's class path, for what takes more than one or shouldn't share one. It prints lines that
 * begin with {@link #MARK}, everything else is passed on, and goes on when it is told to.
 */
final class Child implements AutoCloseable {

    static final String MARK = "=> ";
    private static final String GO = "go";

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    private Child(Process process) {
        this.process = process;
        this.out = process.inputReader();
        this.in = process.outputWriter();
    }

    static Child start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** In the child: says something to the parent. */
    static void say(String line) {
        System.out.println(MARK + line);
    }

    /** In the child: waits until the parent says to go on. */
    static void awaitGo() throws IOException {
        for (int octet = System.in.read(); octet != '\n'; octet = System.in.read()) {
            if (octet < 0) {
                throw new IOException("The parent is gone");
            }
        }
    }

    /** What the child says next. */
    String hear() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(MARK)) {
                return line.substring(MARK.length());
            }
            System.out.println(line);
        }
        throw new IOException("The child ended without a word");
    }

    void go() throws IOException {
        in.write(GO);
        in.newLine();
        in.flush();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
