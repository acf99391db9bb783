package io.hamster.cluster.raft;

import io.hamster.cluster.Elector;
import io.hamster.cluster.Standing;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Has the group run for as long as its elector does. */
final class GroupElector implements Elector {

    private final RaftGroup group;
    private final RaftElector elector;

    GroupElector(RaftGroup group, RaftElector elector) {
        this.group = group;
        this.elector = elector;
    }

    /** Blocks for the disk, and with an empty directory for somebody who knows the group. */
    @Override
    public void start(Consumer<Standing> reports) {
        group.start();
        elector.start(reports);
    }

    @Override
    public CompletionStage<Void> resign(boolean workEnded, boolean forGood) {
        return elector.resign(workEnded, forGood);
    }

    @Override
    public void close() {
        elector.close();
        group.close();
    }
}
