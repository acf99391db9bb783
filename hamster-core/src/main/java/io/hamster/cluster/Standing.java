package io.hamster.cluster;

/** What an {@link Elector} knows about who leads. */
public sealed interface Standing {

    /**
     * The term.
     *
     * @return the highest term the elector knows of
     */
    long term();

    /**
     * This node leads. Reported again with a later deadline whenever leadership was confirmed.
     *
     * @param term the term it leads in
     * @param deadline until when, in {@link io.hamster.TimeSource#nanoTime()}: the reading taken <em>before</em> the
     *     confirming round was sent, plus the lease that the others honour
     */
    record Leading(long term, long deadline) implements Standing {}

    /**
     * Another node leads, and was heard of within the elector's own timeout.
     *
     * @param term the leader's term
     * @param leader the leader's name, unlike this node's
     */
    record Following(long term, String leader) implements Standing {}

    /**
     * No leader is known, or too few nodes are in reach for there to be one.
     *
     * @param term the highest term known
     * @param candidate whether this node stands for election
     * @param resigned whether the last leader is known to have given leadership up, so that nothing is amiss
     */
    record Electing(long term, boolean candidate, boolean resigned) implements Standing {

        /**
         * No leader is known, and nothing of why.
         *
         * @param term the highest term known
         * @param candidate whether this node stands for election
         */
        public Electing(long term, boolean candidate) {
            this(term, candidate, false);
        }
    }
}
