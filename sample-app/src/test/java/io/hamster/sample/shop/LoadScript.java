package io.hamster.sample.shop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs {@code load/BuyTickets.java} as a user would, in a JVM of its own. */
final class LoadScript {

    private LoadScript() {}

    static Outcome run(int port) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(java, "load/BuyTickets.java", "http://localhost:" + port)
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("The load script doesn't end: " + output);
            }
            return new Outcome(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    record Outcome(int exitCode, String output) {}
}
