package io.hamster.benchmarks.report;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs a suite for some rounds and writes its report. */
public final class SuiteRunner {

    private static final int ROUNDS = 3;

    private final boolean quick;

    /**
     * Creates the runner.
     *
     * @param quick one short round, to see that everything runs; its figures mean little
     */
    public SuiteRunner(boolean quick) {
        this.quick = quick;
    }

    /**
     * Runs every benchmark of a suite.
     *
     * @param suite the suite
     * @return the report in Markdown
     * @throws Exception if a benchmark or section failed
     */
    public String run(Suite suite) throws Exception {
        Results results = new Results();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        if (!suite.benchmarks().isEmpty()) {
            for (int round = 1; round <= (quick ? 1 : ROUNDS); round++) {
                System.out.printf("Suite %s, round %d%n", suite.name(), round);
                var finished = new Runner(options(suite).build()).run();
                results.add(finished);
                ResultFormatFactory.getInstance(
                                ResultFormatType.TEXT, new PrintStream(raw, true, StandardCharsets.UTF_8))
                        .writeOut(finished);
            }
        }
        return report(suite, results, raw.toString(StandardCharsets.UTF_8));
    }

    private ChainedOptionsBuilder options(Suite suite) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .forks(1)
                .shouldFailOnError(true)
                .addProfiler(SettledHeap.class)
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend("-Xms1g", "-Xmx1g", "-Djmh.ignoreLock=true");
        suite.benchmarks().forEach(type -> options.include("^" + type.getName().replace(".", "\\.") + "\\."));
        if (quick) {
            options.warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(100))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(100));
        } else {
            options.warmupIterations(suite.warmUp())
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(3)
                    .measurementTime(TimeValue.seconds(1));
        }
        return options;
    }

    private String report(Suite suite, Results results, String raw) throws Exception {
        StringBuilder out = new StringBuilder("## ").append(suite.title()).append("\n\n");
        out.append("`hamster-benchmarks/run ").append(suite.name()).append("`\n");
        if (!suite.rows().isEmpty()) {
            out.append(
                    "\nThe collector has copied what is read before it is measured, as in an application that has run for"
                            + " a while.\n");
            out.append("\n| what | Hamster | against | ratio | at least |\n|---|---|---|---|---|\n");
            suite.rows().forEach(row -> out.append(line(row, results)));
        }
        for (Section section : suite.sections()) {
            out.append("\n### ").append(section.title()).append("\n\n");
            out.append(section.body().write(quick).strip()).append('\n');
        }
        if (!raw.isEmpty()) {
            out.append("\n<details><summary>JMH's own output, round by round</summary>\n\n```text\n")
                    .append(raw.stripTrailing())
                    .append("\n```\n\n</details>\n");
        }
        return out.toString();
    }

    private static String line(Row row, Results results) {
        Measurement ours = results.of(row.ours());
        Measurement theirs = results.of(row.theirs());
        double ratio = theirs.nanos() / ours.nanos();
        Double target = row.target();
        String judged = target == null
                ? "—"
                : String.format(Locale.ROOT, "%s× %s", trimmed(target), ratio >= target ? "✓" : "✗ open");
        return String.format(
                Locale.ROOT,
                "| %s | %s: %s | %s: %s | %.2f× | %s |%n",
                row.what(),
                row.ours().label(),
                ours.text(),
                row.theirs().label(),
                theirs.text(),
                ratio,
                judged);
    }

    private static String trimmed(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
