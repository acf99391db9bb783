package io.hamster.cluster.raft;

import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands to the log: here if this node orders the entries, else by a message to the node that does, which never
 * passes it on. Answers are handed on by the executor, since Ratis applies entries on the thread that has them.
 */
final class Proposals {

    private final Supplier<@Nullable RatisNode> node;
    private final Messenger messenger;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Semaphore slots = new Semaphore(RatisProperties.MAX_PENDING);
    /** Ratis may wait for its disk when it takes a command. One thread at a time gives them to it, in their order. */
    private final Queue<Runnable> submissions = new ConcurrentLinkedQueue<>();

    private final Coalesced inOrder;

    Proposals(
            Supplier<@Nullable RatisNode> node,
            Messenger messenger,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.node = node;
        this.messenger = messenger;
        this.scheduler = scheduler;
        this.executor = executor;
        this.inOrder = new Coalesced(executor, this::submitAll);
    }

    CompletionStage<byte[]> propose(GroupLog.Part part, byte[] command, Duration timeout) {
        if (command.length > RatisProperties.MAX_COMMAND_BYTES) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("A command has " + command.length
                    + " bytes; at most " + RatisProperties.MAX_COMMAND_BYTES + " are allowed"));
        }
        RatisNode running = node.get();
        if (running == null) {
            return unavailable("This node isn't part of a running group yet", null);
        }
        GroupRole role = running.role();
        if (role.kind() == GroupRole.Kind.LEADER) {
            return submit(running, part, command);
        }
        String leader = role.leader();
        return leader == null
                ? unavailable("The group has no leader, or too few of its nodes are in reach of this one", null)
                : forward(leader, GroupWire.propose(part, command), timeout);
    }

    /** Takes a command that another node sent here. */
    CompletionStage<byte[]> relayed(byte[] message) {
        int part = message.length < 2 ? -1 : message[1];
        RatisNode running = node.get();
        if (part < 0
                || part >= GroupLog.Part.values().length
                || running == null
                || running.role().kind() != GroupRole.Kind.LEADER) {
            return CompletableFuture.completedFuture(GroupWire.refused());
        }
        byte[] command = Arrays.copyOfRange(message, 2, message.length);
        return submit(running, GroupLog.Part.values()[part], command)
                .handle((answer, error) -> error == null ? GroupWire.done(answer) : GroupWire.refused());
    }

    private CompletionStage<byte[]> submit(RatisNode leader, GroupLog.Part part, byte[] command) {
        if (!slots.tryAcquire()) {
            return tooMany();
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        answer.whenComplete((result, error) -> slots.release());
        submissions.add(() -> submit(leader, part, command, answer));
        inOrder.wake();
        return answer;
    }

    private void submit(RatisNode leader, GroupLog.Part part, byte[] command, CompletableFuture<byte[]> answer) {
        try {
            leader.submit(LogEntry.of(part, command))
                    .whenCompleteAsync((result, error) -> complete(answer, result, error), executor)
                    // An executor that refuses must not leave an answer open, and its slot taken.
                    .whenComplete((result, error) -> complete(answer, result, error));
        } catch (Throwable e) {
            // Nor must a thread that Ratis couldn't get, which would keep the next submissions waiting as well.
            complete(answer, null, e);
        }
    }

    private void submitAll() {
        for (Runnable next = submissions.poll(); next != null; next = submissions.poll()) {
            next.run();
        }
    }

    private static void complete(
            CompletableFuture<byte[]> answer, byte @Nullable [] result, @Nullable Throwable error) {
        if (result != null) {
            answer.complete(result);
        } else {
            answer.completeExceptionally(
                    lost("The group didn't agree on the command, or not while this node led it", error));
        }
    }

    private CompletionStage<byte[]> forward(String leader, byte[] message, Duration timeout) {
        if (!slots.tryAcquire()) {
            return tooMany();
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        answer.whenComplete((result, error) -> slots.release());
        try {
            ScheduledFuture<?> limit = scheduler.schedule(
                    () -> answer.completeExceptionally(
                            lost("Node '" + leader + "', which leads, didn't answer within " + timeout, null)),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            messenger.request(leader, Topic.GROUP, message, timeout).whenComplete((reply, error) -> {
                limit.cancel(false);
                if (error != null) {
                    answer.completeExceptionally(lost("Node '" + leader + "', which leads, can't be reached", error));
                } else if (reply.length == 0 || reply[0] != GroupWire.DONE) {
                    answer.completeExceptionally(
                            lost("Node '" + leader + "' doesn't lead any more, or not a majority", null));
                } else {
                    answer.complete(Arrays.copyOfRange(reply, 1, reply.length));
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(lost("This node is being closed", e));
        } catch (Throwable e) {
            answer.completeExceptionally(lost("Node '" + leader + "', which leads, can't be asked", e));
        }
        return answer;
    }

    private static CompletionStage<byte[]> tooMany() {
        return unavailable(RatisProperties.MAX_PENDING + " commands already wait for a majority", null);
    }

    private static CompletionStage<byte[]> unavailable(String message, @Nullable Throwable cause) {
        return CompletableFuture.failedFuture(lost(message, cause));
    }

    private static GroupUnavailableException lost(String message, @Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        return new GroupUnavailableException(message, cause);
    }
}
