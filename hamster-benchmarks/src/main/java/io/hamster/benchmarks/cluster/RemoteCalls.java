package io.hamster.benchmarks.cluster;

import java.util.Locale;

/** Calls from one node to another, beside JGroups' own. */
final class RemoteCalls {

    private static final int ROUNDS = 5;
    private static final int CALLS = 8_000;
    private static final int QUICK_CALLS = 3_000;
    private static final double OF_BARE = 1.5;

    private static final String FROM = "a";
    private static final String TO = "b";

    private RemoteCalls() {}

    static String report(boolean quick) throws Exception {
        int rounds = quick ? 1 : ROUNDS;
        int calls = quick ? QUICK_CALLS : CALLS;
        double[][] ours = new double[2][rounds];
        double[][] theirs = new double[2][rounds];
        try (Group hamster = Group.start(HamsterNode.class);
                Group bare = Group.start(BareNode.class)) {
            measure(hamster, calls);
            measure(bare, calls);
            for (int round = 0; round < rounds; round++) {
                put(measure(hamster, calls), ours, round);
                put(measure(bare, calls), theirs, round);
            }
        }
        return """
                An argument of 100 bytes there and back, one call at a time, %d calls a round, median of %d rounds in turns:
                `Cluster.call` with JSON, beside JGroups' `MessageDispatcher` with bytes, out of band, on the same protocols.

                | | Cluster.call | MessageDispatcher | ratio | at most |
                |---|---|---|---|---|
                """.formatted(calls, rounds)
                + line("median", ours[0], theirs[0], true)
                + line("99th percentile", ours[1], theirs[1], false);
    }

    private static String measure(Group group, int calls) throws Exception {
        return group.node(FROM).ask("calls " + TO + " " + calls);
    }

    private static void put(String answer, double[][] percentiles, int round) {
        String[] values = answer.split(" ");
        percentiles[0][round] = Long.parseLong(values[0]);
        percentiles[1][round] = Long.parseLong(values[1]);
    }

    private static String line(String what, double[] ours, double[] theirs, boolean judged) {
        double mine = Judgement.median(ours);
        double bare = Judgement.median(theirs);
        return String.format(
                Locale.ROOT,
                "| %s | %.0f µs | %.0f µs | %s |%n",
                what,
                mine / 1e3,
                bare / 1e3,
                judged ? Judgement.atMost(mine / bare, OF_BARE) : Judgement.of(mine / bare));
    }
}
