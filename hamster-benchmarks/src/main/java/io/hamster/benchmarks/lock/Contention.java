package io.hamster.benchmarks.lock;

import io.hamster.benchmarks.process.Child;
import io.hamster.testing.redis.VolatileRedis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One key, two JVMs of four threads each: grants a second, the longest wait, and how evenly the JVMs share. */
final class Contention {

    private static final int SECONDS = 8;

    /** In the first seconds, on two processors, the compiler takes more of them than the locks do. */
    private static final int WARM_UP_SECONDS = 15;

    private static final int QUICK_WARM_UP_SECONDS = 3;

    private record Outcome(String library, double grantsPerSecond, double longestMillis, double share) {}

    private Contention() {}

    static String report(boolean quick) throws Exception {
        int warmUp = quick ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS;
        int seconds = quick ? 1 : SECONDS;
        List<Outcome> outcomes = new ArrayList<>();
        for (String library : Contenders.WAITING) {
            outcomes.add(measure(library, warmUp, seconds));
        }
        double best = outcomes.stream()
                .filter(outcome -> !outcome.library().equals(Contenders.HAMSTER))
                .mapToDouble(Outcome::grantsPerSecond)
                .max()
                .orElseThrow();
        StringBuilder table = new StringBuilder("""
                Two JVMs of %d threads each want one key, hold it for no time, and want it again, for %d s after %d s of
                warm-up. To reach: 1.5 times the best other's grants, no wait over 100 ms, 35 to 65 %% of the grants for
                each JVM.

                | library | grants a second | of the best other | longest wait | one JVM's share |
                |---|---|---|---|---|
                """.formatted(ContentionProcess.THREADS, seconds, warmUp));
        for (Outcome outcome : outcomes) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.2f× | %.0f ms | %.0f %% |%n",
                    outcome.library(),
                    outcome.grantsPerSecond(),
                    outcome.grantsPerSecond() / best,
                    outcome.longestMillis(),
                    outcome.share() * 100));
        }
        return table.toString();
    }

    private static Outcome measure(String library, int warmUp, int seconds) throws IOException {
        try (VolatileRedis redis = VolatileRedis.start();
                Child one = start(library, redis, warmUp, seconds);
                Child other = start(library, redis, warmUp, seconds)) {
            one.hear();
            other.hear();
            one.go();
            other.go();
            String[] first = one.hear().split(" ");
            String[] second = other.hear().split(" ");
            double mine = Long.parseLong(first[0]);
            double theirs = Long.parseLong(second[0]);
            return new Outcome(
                    library,
                    (mine + theirs) / seconds,
                    Math.max(Long.parseLong(first[1]), Long.parseLong(second[1])) / 1e6,
                    mine / (mine + theirs));
        }
    }

    private static Child start(String library, VolatileRedis redis, int warmUp, int seconds) throws IOException {
        return Child.start(
                ContentionProcess.class,
                library,
                Integer.toString(redis.port()),
                Integer.toString(warmUp),
                Integer.toString(seconds));
    }
}
