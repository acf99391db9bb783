package io.hamster.benchmarks.lock;

import io.hamster.benchmarks.process.Child;
import io.hamster.testing.redis.VolatileRedis;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Many held locks: what keeping them costs. */
final class Renewal {

    private static final int LOCKS = 10_000;
    private static final Duration LENGTH = Duration.ofSeconds(60);
    private static final Duration QUICK_LENGTH = Duration.ofSeconds(12);

    private Renewal() {}

    static String report(boolean quick) throws Exception {
        Duration length = quick ? QUICK_LENGTH : LENGTH;
        StringBuilder table = new StringBuilder("""
                %d locks with a lease of %d s, held for %d s, renewed at a third of the lease. A read is once that Redis
                found something to read on a connection: what goes out together is read together. To reach: no more
                round trips than Redisson, at most 5 %% of a core.

                | library | scripts | reads | CPU of a core | keys in Redis at the end | lost by its own account |
                |---|---|---|---|---|---|
                """.formatted(LOCKS, Contender.LEASE.toSeconds(), length.toSeconds()));
        for (String library : List.of(Contenders.HAMSTER, Contenders.REDISSON)) {
            table.append(measure(library, length));
        }
        return table.toString();
    }

    private static String measure(String library, Duration length) throws Exception {
        try (VolatileRedis redis = VolatileRedis.start();
                Child child = Child.start(
                        RenewalProcess.class, library, Integer.toString(redis.port()), Integer.toString(LOCKS))) {
            child.hear();
            child.go();
            long cpuBefore = Long.parseLong(child.hear());
            long scriptsBefore = redis.scripts();
            long readsBefore = redis.reads();
            TimeUnit.NANOSECONDS.sleep(length.toNanos());
            long scripts = redis.scripts() - scriptsBefore;
            long reads = redis.reads() - readsBefore;
            child.go();
            String[] said = child.hear().split(" ");
            double cpu = (double) (Long.parseLong(said[0]) - cpuBefore) / length.toNanos();
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %.1f %% | %d | %s |%n",
                    library,
                    scripts,
                    reads,
                    cpu * 100,
                    redis.keys(),
                    said[1]);
        }
    }
}
