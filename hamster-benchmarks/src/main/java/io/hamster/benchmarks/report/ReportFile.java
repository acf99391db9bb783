package io.hamster.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page that holds the reports, one between markers for each suite; others stay as they are. */
public final class ReportFile {

    private static final String HEAD = """
            # Benchmarks

            Each table comes from one run of the command above it, both sides on the same machine and JVM. Figures are
            medians over three rounds in which every benchmark runs in a JVM of its own; they differ from machine to
            machine, the ratios far less. Bytes are what one operation allocates.
            """;

    private final Path file;

    /**
     * Names the page.
     *
     * @param file where it is or will be
     */
    public ReportFile(Path file) {
        this.file = file;
    }

    /**
     * Replaces a suite's report, or adds it at the end.
     *
     * @param suite the suite's name
     * @param report its Markdown
     * @throws IOException if the page can't be read or written
     */
    public void put(String suite, String report) throws IOException {
        String page = Files.exists(file) ? Files.readString(file) : HEAD;
        String begin = "<!-- suite: " + suite + " -->";
        String end = "<!-- end: " + suite + " -->";
        String section = begin + "\n" + report.strip() + "\n" + end;
        Matcher present = Pattern.compile(Pattern.quote(begin) + ".*?" + Pattern.quote(end), Pattern.DOTALL)
                .matcher(page);
        String next = present.find()
                ? present.replaceFirst(Matcher.quoteReplacement(section))
                : page.stripTrailing() + "\n\n" + section + "\n";
        Files.writeString(file, next);
    }
}
