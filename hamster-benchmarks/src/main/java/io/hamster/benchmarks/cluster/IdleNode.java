package io.hamster.benchmarks.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a node takes that has nothing to do. */
final class IdleNode {

    private static final int SECONDS = 15;
    private static final int QUICK_SECONDS = 2;
    private static final String RESIDENT = "VmRSS:";

    private IdleNode() {}

    static String report(boolean quick) throws Exception {
        int seconds = quick ? QUICK_SECONDS : SECONDS;
        return """
                A JVM with `%s` that is a node and nothing else, %d s after it found a leader, and its processor time in as
                many seconds more. The engines alone: Ratis with a state that counts and JGroups.

                | | resident memory | of a core |
                |---|---|---|
                """.formatted(String.join(" ", Group.HEAP), seconds)
                + measure("Hamster", HamsterNode.class, seconds)
                + measure("the engines alone", BareNode.class, seconds);
    }

    private static String measure(String what, Class<?> main, int seconds) throws Exception {
        try (Group group = Group.start(main)) {
            String leader = group.awaitLeader();
            List<ProcessHandle> leading = List.of(group.node(leader).handle());
            List<ProcessHandle> following = group.others(leader).stream()
                    .map(name -> group.node(name).handle())
                    .toList();
            TimeUnit.SECONDS.sleep(seconds);
            List<Duration> before = List.of(cpu(leading), cpu(following));
            TimeUnit.SECONDS.sleep(seconds);
            return line(what + ", leader", leading, before.get(0), seconds)
                    + line(what + ", follower", following, before.get(1), seconds);
        }
    }

    private static Duration cpu(List<ProcessHandle> processes) {
        return processes.stream()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static String line(String what, List<ProcessHandle> processes, Duration before, int seconds)
            throws Exception {
        double percent = cpu(processes).minus(before).toMillis() / 10.0 / seconds / processes.size();
        return String.format(Locale.ROOT, "| %s | %s | %.1f %% |%n", what, resident(processes.get(0)), percent);
    }

    /** As Linux says. */
    private static String resident(ProcessHandle process) throws Exception {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return "unknown here";
        }
        long kilobytes = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(RESIDENT))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
        return kilobytes / 1024 + " MB";
    }
}
