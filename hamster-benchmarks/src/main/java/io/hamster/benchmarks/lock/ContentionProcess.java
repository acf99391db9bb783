package io.hamster.benchmarks.lock;

import io.hamster.benchmarks.process.Child;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One of the JVMs that fight for a key: library, port, seconds to warm up, seconds. Says how many grants it got and its
 * longest wait.
 */
final class ContentionProcess {

    static final int THREADS = 4;

    private record Outcome(long grants, long longestWaitNanos) {}

    private ContentionProcess() {}

    public static void main(String[] args) throws Exception {
        try (Contender contender = Contenders.named(args[0], Integer.parseInt(args[1]))) {
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            Child.say("ready");
            Child.awaitGo();
            long begin = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[2]));
            long end = begin + TimeUnit.SECONDS.toNanos(Long.parseLong(args[3]));
            List<Future<Outcome>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> contend(contender, begin, end)));
            }
            long grants = 0;
            long longest = 0;
            for (Future<Outcome> each : running) {
                grants += each.get().grants();
                longest = Math.max(longest, each.get().longestWaitNanos());
            }
            Child.say(grants + " " + longest);
            threads.shutdown();
        }
        System.exit(0);
    }

    private static Outcome contend(Contender contender, long begin, long end) throws Exception {
        long grants = 0;
        long longest = 0;
        while (true) {
            long asked = System.nanoTime();
            long[] granted = new long[1];
            contender.waitAndUnlock("contended", () -> granted[0] = System.nanoTime());
            if (granted[0] >= end) {
                return new Outcome(grants, longest);
            }
            if (asked >= begin) {
                grants++;
                longest = Math.max(longest, granted[0] - asked);
            }
        }
    }
}
