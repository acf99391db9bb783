package io.hamster.sample.shop.console;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests where there is no Chromium and driver of it: nothing is downloaded for them. */
final class InstalledBrowser implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (chromium().isEmpty() || driver().isEmpty()) {
            return ConditionEvaluationResult.disabled(
                    "There is no chromium with its chromedriver on the PATH; install both to test the console");
        }
        return ConditionEvaluationResult.enabled("Chromium and its driver are on the PATH");
    }

    static Optional<Path> chromium() {
        return onPath("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");
    }

    static Optional<Path> driver() {
        return onPath("chromedriver");
    }

    private static Optional<Path> onPath(String... names) {
        String[] directories = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
        return Stream.of(names)
                .flatMap(name -> Arrays.stream(directories).map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
