package io.hamster.spring.redis;

import io.hamster.cluster.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who believed to lead, and when, by one clock. */
final class Beliefs {

    private final Map<String, List<Report>> reports = new TreeMap<>();

    private record Report(long at, Standing standing) {}

    /** A node was the leader, as far as it knew. */
    record Belief(String node, long term, long from, long to) {

        Duration length() {
            return Duration.ofNanos(to - from);
        }
    }

    /** A node had itself confirmed as the leader until a deadline. */
    record Confirmation(String node, long at, long deadline) {}

    synchronized void reported(String node, Standing standing) {
        reports.computeIfAbsent(node, same -> new ArrayList<>()).add(new Report(System.nanoTime(), standing));
    }

    synchronized List<Belief> all() {
        List<Belief> beliefs = new ArrayList<>();
        reports.forEach((node, list) -> {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i).standing() instanceof Standing.Leading leading) {
                    long from = list.get(i).at();
                    long next = i + 1 < list.size() ? list.get(i + 1).at() : leading.deadline();
                    long to = leading.deadline() - next < 0 ? leading.deadline() : next;
                    if (to - from > 0) {
                        beliefs.add(new Belief(node, leading.term(), from, to));
                    }
                }
            }
        });
        beliefs.sort(Comparator.comparingLong(Belief::from));
        return beliefs;
    }

    /** In the order in which the node reported them. */
    synchronized List<Confirmation> confirmations(String node) {
        List<Confirmation> confirmations = new ArrayList<>();
        for (Report report : reports.getOrDefault(node, List.of())) {
            if (report.standing() instanceof Standing.Leading leading) {
                confirmations.add(new Confirmation(node, report.at(), leading.deadline()));
            }
        }
        return confirmations;
    }

    /** Two leaders at one moment, or a later leader of another node without a higher term. */
    List<String> violations() {
        return violations(all());
    }

    static List<String> violations(List<Belief> inOrder) {
        List<String> violations = new ArrayList<>();
        Map<String, Belief> latest = new TreeMap<>();
        for (Belief belief : inOrder) {
            latest.forEach((node, earlier) -> {
                if (node.equals(belief.node())) {
                    return;
                }
                if (earlier.to() - belief.from() > 0) {
                    violations.add("both lead: " + earlier + " and " + belief);
                }
                if (earlier.term() >= belief.term()) {
                    violations.add("no higher term: " + earlier + " and then " + belief);
                }
            });
            latest.put(belief.node(), belief);
        }
        return violations;
    }

    synchronized List<Long> terms(String node) {
        return reports.getOrDefault(node, List.of()).stream()
                .map(report -> report.standing().term())
                .toList();
    }
}
