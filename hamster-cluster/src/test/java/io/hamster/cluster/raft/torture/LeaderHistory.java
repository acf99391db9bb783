package io.hamster.cluster.raft.torture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What leaders believed, and whether it could be true: never two at one time, and each in a term above the last one's. */
record LeaderHistory(Collection<Belief> beliefs) {

    /** What can't be: empty if all is well. */
    List<String> violations() {
        List<Belief> sorted = new ArrayList<>(beliefs);
        sorted.sort(Comparator.comparingLong(Belief::from));
        List<String> violations = new ArrayList<>();
        Belief latest = null;
        for (Belief belief : sorted) {
            if (latest != null && !belief.owner().equals(latest.owner())) {
                if (belief.from() <= latest.to()) {
                    violations.add("two leaders: " + latest + " and " + belief);
                }
                if (belief.term() == latest.term()) {
                    violations.add("one term: " + latest + " and " + belief);
                }
            }
            if (latest != null && belief.term() < latest.term()) {
                violations.add("back in terms: " + latest + " and " + belief);
            }
            latest = latest == null || belief.to() > latest.to() ? belief : latest;
        }
        return violations;
    }

    /** How often another process led than before. */
    long changes() {
        return beliefs.stream().map(Belief::owner).distinct().count() - 1;
    }
}
