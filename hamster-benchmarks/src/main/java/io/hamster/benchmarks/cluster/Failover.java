package io.hamster.benchmarks.cluster;

import io.hamster.benchmarks.process.Child;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Leaders that are killed, stopped and paused: how long nobody leads, and that never two do. */
final class Failover {

    private static final int KILLS = 20;
    private static final int QUICK_KILLS = 2;
    private static final int STOPS = 10;
    private static final int QUICK_STOPS = 1;
    private static final int PAUSE_SECONDS = 15;
    private static final int QUICK_PAUSE_SECONDS = 3;

    private final Group group;
    private final StringBuilder table = new StringBuilder();

    private Failover(Group group) {
        this.group = group;
    }

    static String report(boolean quick) throws Exception {
        try (Group group = Group.start(HamsterNode.class, Group.WATCHED)) {
            Failover failover = new Failover(group);
            failover.table.append("""
                    With the defaults. Whether a node leads is looked at every millisecond, in each of three JVMs.

                    | what | median | longest | at most | times |
                    |---|---|---|---|---|
                    """);
            failover.kill(quick ? QUICK_KILLS : KILLS);
            failover.stop(quick ? QUICK_STOPS : STOPS);
            failover.pause(quick ? QUICK_PAUSE_SECONDS : PAUSE_SECONDS);
            return failover.table.toString();
        }
    }

    private void kill(int times) throws Exception {
        long[] leads = new long[times];
        long[] grants = new long[times];
        for (int i = 0; i < times; i++) {
            String leader = group.awaitLeader();
            List<String> others = group.others(leader);
            Child victim = group.remove(leader);
            long killed = System.nanoTime();
            victim.close();
            grants[i] = Long.parseLong(group.node(others.get(i % others.size())).ask("grant after-kill-" + i)) - killed;
            leads[i] = group.firstAfter(killed, others) - killed;
            victim.awaitEnd();
            group.restart(leader);
        }
        line("leader killed → next leads", leads, 1500, 3000);
        line("leader killed → first lock granted", grants, 2000, 4000);
    }

    private void stop(int times) throws Exception {
        long[] fromOrder = new long[times];
        long[] fromEnd = new long[times];
        for (int i = 0; i < times; i++) {
            String leader = group.awaitLeader();
            List<String> others = group.others(leader);
            Child stopping = group.remove(leader);
            long told = System.nanoTime();
            stopping.end();
            long next = group.firstAfter(told, others);
            List<Leaderships.Span> spans = Leaderships.parse(stopping.hear());
            stopping.awaitEnd();
            fromOrder[i] = next - told;
            fromEnd[i] = next - spans.get(spans.size() - 1).to();
            group.restart(leader);
        }
        line("leader told to stop → next leads", fromOrder, 300, 300);
        line("stopped leader leads no more → next leads", fromEnd, 300, 300);
    }

    private void pause(int seconds) throws Exception {
        String leader = group.awaitLeader();
        List<String> others = group.others(leader);
        group.node(leader).signal("STOP");
        group.awaitLeader(others);
        TimeUnit.SECONDS.sleep(seconds);
        group.node(leader).signal("CONT");
        group.awaitLeader();
        long both = 0;
        for (Leaderships.Span paused : group.leaderships(leader)) {
            for (String other : others) {
                for (Leaderships.Span span : group.leaderships(other)) {
                    both += paused.overlap(span);
                }
            }
        }
        table.append(String.format(
                Locale.ROOT,
                "| leader paused for %d s and resumed: two lead | %d ms | | 0 ms %s | 1 |%n",
                seconds,
                TimeUnit.NANOSECONDS.toMillis(both),
                Judgement.mark(both == 0)));
    }

    private void line(String what, long[] nanos, int medianMillis, int longestMillis) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        long median = TimeUnit.NANOSECONDS.toMillis(sorted[sorted.length / 2]);
        long longest = TimeUnit.NANOSECONDS.toMillis(sorted[sorted.length - 1]);
        table.append(String.format(
                Locale.ROOT,
                "| %s | %d ms | %d ms | %d ms, %d ms %s | %d |%n",
                what,
                median,
                longest,
                medianMillis,
                longestMillis,
                Judgement.mark(median <= medianMillis && longest <= longestMillis),
                nanos.length));
    }
}
