package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Who this node is, as its directory says, and whether that goes with what is configured and with the log beside it. */
final class OwnIdentity {

    private final RaftMember self;
    private final RaftSettings settings;
    private final IdentityFile file;

    OwnIdentity(RaftMember self, RaftSettings settings) {
        this.self = self;
        this.settings = settings;
        this.file = new IdentityFile(settings.directory());
    }

    /** The identity, or a candidate's if there is none yet. */
    Identity read() {
        Identity known = file.read().orElseGet(this::fresh);
        if (!known.name().equals(self.name())) {
            throw new ClusterConfigurationException("The directory " + settings.directory() + " belongs to node '"
                    + known.name() + "', not to '" + self.name() + "'; give each node a directory of its own");
        }
        UUID group = known.group();
        if (group != null) {
            requireLog(known, group);
        }
        return known;
    }

    void write(Identity identity) {
        file.write(identity);
    }

    /** Notes that this node may have voted from now on. */
    Identity begun(Identity known) {
        if (known.started()) {
            return known;
        }
        Identity begun = known.begun();
        file.write(begun);
        return begun;
    }

    private Identity fresh() {
        if (StartChecks.hasLog(settings)) {
            throw new ClusterConfigurationException("The directory " + settings.directory()
                    + " has a log, but no identity that says whose; empty it to let node '" + self.name()
                    + "' join as a new member");
        }
        return Identity.candidate(self.name());
    }

    private void requireLog(Identity known, UUID group) {
        Path votes = StartChecks.storage(settings)
                .resolve(group.toString())
                .resolve("current")
                .resolve("raft-meta");
        if (known.started() && !Files.exists(votes)) {
            throw new ClusterConfigurationException("Node '" + self.name() + "' has voted, but " + votes
                    + " is missing; empty the directory " + settings.directory() + " to let it rejoin as a new member");
        }
    }
}
