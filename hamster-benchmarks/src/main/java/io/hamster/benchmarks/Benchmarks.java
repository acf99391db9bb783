package io.hamster.benchmarks;

import io.hamster.benchmarks.bloom.BloomSuite;
import io.hamster.benchmarks.cache.CacheSuite;
import io.hamster.benchmarks.cluster.ClusterSuite;
import io.hamster.benchmarks.hash.HashSuite;
import io.hamster.benchmarks.lock.LockSuite;
import io.hamster.benchmarks.report.ReportFile;
import io.hamster.benchmarks.report.Suite;
import io.hamster.benchmarks.report.SuiteRunner;
import io.hamster.benchmarks.singleflight.SingleflightSuite;
import io.hamster.benchmarks.writeback.WriteBackSuite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command: {@code [--quick] [--out=FILE] [suite…]}; all suites if none is named. */
public final class Benchmarks {

    private static final List<Suite> SUITES = List.of(
            HashSuite.create(),
            SingleflightSuite.create(),
            LockSuite.create(),
            BloomSuite.create(),
            CacheSuite.create(),
            WriteBackSuite.create(),
            ClusterSuite.create());

    private Benchmarks() {}

    /**
     * Runs suites, prints their reports and, unless quick, writes them to the page.
     *
     * @param args the command line
     * @throws Exception if a benchmark failed
     */
    public static void main(String[] args) throws Exception {
        List<String> names = new ArrayList<>(Arrays.asList(args));
        boolean quick = names.remove("--quick");
        Path page = names.stream()
                .filter(arg -> arg.startsWith("--out="))
                .map(arg -> Path.of(arg.substring("--out=".length())))
                .findFirst()
                .orElse(Path.of("docs", "benchmarks.md"));
        names.removeIf(arg -> arg.startsWith("--out="));
        for (Suite suite : chosen(names)) {
            String report = new SuiteRunner(quick).run(suite);
            System.out.println(report);
            if (!quick) {
                new ReportFile(page).put(suite.name(), report.replaceFirst("\n", "\n\n" + environment()));
            }
        }
    }

    private static List<Suite> chosen(List<String> names) {
        List<String> known = SUITES.stream().map(Suite::name).toList();
        if (!known.containsAll(names)) {
            throw new IllegalArgumentException("Unknown suite in " + names + "; there are " + known);
        }
        return SUITES.stream()
                .filter(suite -> names.isEmpty() || names.contains(suite.name()))
                .toList();
    }

    private static String environment() {
        return "Java " + Runtime.version() + ", " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors.\n";
    }
}
