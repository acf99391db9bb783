package io.hamster.cluster.raft.torture;

/**
 * That a process took itself for the leader. Times are nanoseconds of one monotonic clock, which processes on one machine
 * share.
 *
 * @param owner the process
 * @param number which of its leaderships
 * @param term the term
 * @param from a time at which it was the leader, the first that is known
 * @param to a time at which it was the leader, the last that is known
 */
record Belief(String owner, long number, long term, long from, long to) {

    String line() {
        return owner + '\t' + number + '\t' + term + '\t' + from + '\t' + to;
    }

    static Belief parse(String line) {
        String[] parts = line.split("\t", -1);
        return new Belief(
                parts[0],
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]));
    }

    Belief joined(Belief other) {
        return new Belief(owner, number, term, Math.min(from, other.from), Math.max(to, other.to));
    }
}
