package io.hamster.cluster.raft;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The log for those whose state it orders, who have to be there before it. */
final class LateLog implements GroupLog {

    private volatile @Nullable GroupLog log;

    void is(GroupLog known) {
        log = known;
    }

    @Override
    public CompletionStage<byte[]> propose(Part part, byte[] command, Duration timeout) {
        GroupLog known = log;
        return known == null
                ? CompletableFuture.failedFuture(new GroupUnavailableException("The group isn't running", null))
                : known.propose(part, command, timeout);
    }

    @Override
    public Optional<String> leader() {
        GroupLog known = log;
        return known == null ? Optional.empty() : known.leader();
    }
}
