package io.hamster.cluster;

/** Learns who belongs to the cluster and who of them is alive. */
@FunctionalInterface
public interface MembersListener {

    /**
     * Takes the members as they are now. Called while the cluster runs: soon after the listener was added or the
     * cluster started, and after every change, one call at a time. Changes in quick succession may come as one; the last
     * one always comes. What it throws is logged.
     *
     * @param members every node known and which of them are alive, this one included
     */
    void onMembers(Members members);
}
