package io.hamster.benchmarks.cluster;

import java.util.Locale;

/** Locks at the leader's node, each taken and given back by an entry of the log, beside entries that only count. */
final class ReplicatedLocks {

    private static final int[] THREADS = {1, 8, 32};
    private static final int ROUNDS = 3;
    private static final double OF_BARE_SEND = 0.8;

    /** Of three processes, on two processors, the compiler takes more than the log does in the first seconds. */
    private static final int WARM_UP_MILLIS = 15_000;

    private static final int QUICK_WARM_UP_MILLIS = 2_000;
    private static final int SETTLE_MILLIS = 500;
    private static final int MILLIS = 3_000;
    private static final int QUICK_MILLIS = 1_000;

    private ReplicatedLocks() {}

    static String report(boolean quick) throws Exception {
        int rounds = quick ? 1 : ROUNDS;
        int millis = quick ? QUICK_MILLIS : MILLIS;
        StringBuilder table = new StringBuilder("""
                Operations a second, each an entry that a majority of three JVMs has on its disk: `LockClient.tryLock` is one,
                `unlock` is another, so two make a pair. Every thread has a key of its own, in the leader's JVM. Beside it
                Ratis with the same settings and a state that counts, entries of %d bytes: `RaftClient.io().send` in the
                leader's JVM, and the server called directly, which no client can. Median of %d rounds of %s s, in turns.

                | threads | Hamster | lock and unlock, pairs | RaftClient send | ratio | at least | RaftServer submit | ratio |
                |---|---|---|---|---|---|---|---|
                """.formatted(BareRatis.BYTES, rounds, millis / 1000));
        try (Group hamster = Group.start(HamsterNode.class);
                Group bare = Group.start(BareNode.class)) {
            int warmUp = quick ? QUICK_WARM_UP_MILLIS : WARM_UP_MILLIS;
            most(hamster, "pairs", warmUp);
            most(bare, "send", warmUp / 2);
            most(bare, "submit", warmUp / 2);
            for (int threads : THREADS) {
                double[] pairs = new double[rounds];
                double[] sent = new double[rounds];
                double[] submitted = new double[rounds];
                for (int round = 0; round < rounds; round++) {
                    pairs[round] = perSecond(hamster, "pairs", threads, SETTLE_MILLIS, millis);
                    sent[round] = perSecond(bare, "send", threads, SETTLE_MILLIS, millis);
                    submitted[round] = perSecond(bare, "submit", threads, SETTLE_MILLIS, millis);
                }
                table.append(
                        line(threads, Judgement.median(pairs), Judgement.median(sent), Judgement.median(submitted)));
            }
        }
        return table.toString();
    }

    private static void most(Group group, String what, int millis) throws Exception {
        perSecond(group, what, THREADS[THREADS.length - 1], millis, 1);
    }

    private static double perSecond(Group group, String what, int threads, int warmUp, int millis) throws Exception {
        String leader = group.awaitLeader();
        return Double.parseDouble(group.node(leader).ask(what + " " + threads + " " + warmUp + " " + millis));
    }

    private static String line(int threads, double pairs, double sent, double submitted) {
        double operations = 2 * pairs;
        return String.format(
                Locale.ROOT,
                "| %d | %.0f/s | %.0f/s | %.0f/s | %s | %.0f/s | %.2f× |%n",
                threads,
                operations,
                pairs,
                sent,
                Judgement.atLeast(operations / sent, OF_BARE_SEND),
                submitted,
                operations / submitted);
    }
}
