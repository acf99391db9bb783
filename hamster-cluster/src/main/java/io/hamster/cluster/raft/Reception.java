package io.hamster.cluster.raft;

import io.hamster.cluster.raft.GroupWire.Introduction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what other nodes ask of this one: commands for the log, who it is, and to be taken into the group. */
final class Reception implements Messenger.Handler {

    private static final Logger log = LoggerFactory.getLogger(Reception.class);

    private final List<RaftMember> members;
    private final Proposals proposals;
    private final Executor executor;
    private final Supplier<@Nullable RatisNode> node;
    private final Supplier<@Nullable Introduction> introduction;

    Reception(
            List<RaftMember> members,
            Proposals proposals,
            Executor executor,
            Supplier<@Nullable RatisNode> node,
            Supplier<@Nullable Introduction> introduction) {
        this.members = List.copyOf(members);
        this.proposals = proposals;
        this.executor = executor;
        this.node = node;
        this.introduction = introduction;
    }

    @Override
    public CompletionStage<byte[]> received(String from, byte[] message) {
        byte kind = message.length == 0 ? 0 : message[0];
        return switch (kind) {
            case GroupWire.PROPOSE -> proposals.relayed(message);
            case GroupWire.INTRODUCE -> CompletableFuture.completedFuture(introduce());
            case GroupWire.JOIN -> GroupWire.joining(message).map(this::admit).orElseGet(Reception::refused);
            default -> refused();
        };
    }

    private byte[] introduce() {
        Introduction own = introduction.get();
        return own == null ? GroupWire.refused() : GroupWire.answer(own);
    }

    private CompletionStage<byte[]> admit(Peer joining) {
        RatisNode running = node.get();
        boolean configured = members.stream().anyMatch(member -> member.name().equals(joining.name()));
        if (running == null || !configured || running.role().kind() != GroupRole.Kind.LEADER) {
            return refused();
        }
        return CompletableFuture.supplyAsync(() -> running.admit(joining), executor)
                .thenCompose(admitted -> admitted)
                .handle((done, error) -> {
                    if (error != null) {
                        log.debug("{} can't join yet", joining, error);
                        return GroupWire.refused();
                    }
                    return GroupWire.done(new byte[0]);
                });
    }

    private static CompletionStage<byte[]> refused() {
        return CompletableFuture.completedFuture(GroupWire.refused());
    }
}
