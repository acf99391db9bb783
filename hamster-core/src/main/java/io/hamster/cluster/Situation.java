package io.hamster.cluster;

/** What a tracker should be told: the latest situation, which replaces the one before. */
sealed interface Situation {

    /** Nothing to tell: before the first leader, after this node's leadership, after the close. */
    record Nothing() implements Situation {}

    record Leads(Leadership leadership) implements Situation {}

    record Follows(String leader, long term) implements Situation {}

    record Released() implements Situation {}
}
