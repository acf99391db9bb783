package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import io.hamster.cluster.raft.GroupLog.Part;
import io.hamster.cluster.raft.LockCommand.Sent;
import io.hamster.lock.NotSentException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends one process's commands to the lock table, stamped, and reads what it says to them. Thread-safe. */
final class LockCalls {

    private static final int ATTEMPTS = 3;

    private final long session = new SecureRandom().nextLong();
    private final String node;
    private final GroupLog log;
    private final TimeSource time;
    private final TableClock clock;
    private final Duration timeout;
    private volatile long lastSent;
    private volatile boolean closed;

    LockCalls(String node, GroupLog log, TimeSource time, TableClock clock, Duration timeout) {
        this.node = node;
        this.log = log;
        this.time = time;
        this.clock = clock;
        this.timeout = timeout;
        this.lastSent = time.nanoTime();
    }

    /** Names this process to the table. */
    long session() {
        return session;
    }

    /** Whether nothing was sent for that long. */
    boolean silentFor(long nanos) {
        return time.nanoTime() - lastSent >= nanos;
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    /**
     * Sends a command.
     *
     * @param command makes it; an {@link IllegalArgumentException} is the answer
     * @param read makes the answer from the table's; an {@link IllegalArgumentException} if it doesn't fit
     * @return whoever cancels it isn't waited for any more
     */
    <R extends LockReply, T> CompletableFuture<T> call(
            Supplier<? extends LockCommand> command, Class<R> type, Function<? super R, ? extends T> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        LockCommand made;
        try {
            made = command.get();
        } catch (IllegalArgumentException e) {
            result.completeExceptionally(e);
            return result;
        }
        send(made, ATTEMPTS, result, reply -> result.complete(read.apply(type.cast(reply))));
        return result;
    }

    /** A command as it goes into the log. */
    byte[] bytes(LockCommand command) {
        return new Sent(session, clock.nextStamp(), command).toBytes();
    }

    private void send(LockCommand command, int attempts, CompletableFuture<?> result, Consumer<LockReply> answered) {
        if (closed) {
            result.completeExceptionally(new IllegalStateException("The cluster's lock store is closed"));
            return;
        }
        if (log.leader().isEmpty()) {
            result.completeExceptionally(new NotSentException(
                    "The group has no leader that node '" + node + "' knows of; are most of its nodes up and in reach?",
                    null));
            return;
        }
        lastSent = time.nanoTime();
        log.propose(Part.LOCKS, bytes(command), timeout).whenComplete((bytes, failure) -> {
            if (failure != null) {
                result.completeExceptionally(unwrapped(failure));
                return;
            }
            try {
                LockReply.Timed timed = LockReply.Timed.fromBytes(bytes);
                clock.heard(timed.time());
                answered(timed.reply(), command, attempts, result, answered);
            } catch (IOException | ClassCastException | IllegalArgumentException e) {
                result.completeExceptionally(new IllegalStateException(
                        "The lock table's answer can't be read; do all nodes run one release?", e));
            }
        });
    }

    private void answered(
            LockReply reply,
            LockCommand command,
            int attempts,
            CompletableFuture<?> result,
            Consumer<LockReply> answered) {
        if (reply instanceof LockReply.Late late && attempts > 1) {
            clock.refused(late.stamp());
            // One whose sender waits no more is not sent again.
            if (!result.isDone()) {
                send(command, attempts - 1, result, answered);
            }
            return;
        }
        RuntimeException refusal = refusal(reply);
        if (refusal == null) {
            answered.accept(reply);
        } else {
            result.completeExceptionally(refusal);
        }
    }

    private static @Nullable RuntimeException refusal(LockReply reply) {
        if (reply instanceof LockReply.Full full) {
            return new LockTableFullException("The cluster's lock table is full, it takes " + full.what()
                    + ": release locks, or let fewer requests wait at a time");
        }
        if (reply instanceof LockReply.Malformed) {
            return new IllegalStateException(
                    "The lock table didn't understand the command; do all nodes run one release?");
        }
        if (reply instanceof LockReply.Late) {
            return new IllegalStateException("The command came to the lock table too late " + ATTEMPTS
                    + " times in a row; is the group overloaded, or the command timeout too short?");
        }
        return null;
    }

    /** Whether a command failed only because there was no leader at the time, or another than was thought. */
    static boolean isForWantOfALeader(Throwable failure) {
        return failure instanceof NotSentException || failure instanceof GroupUnavailableException;
    }

    /** Whether a command that failed may have been applied, or may be later. */
    static boolean mayBeApplied(Throwable failure) {
        return !(failure instanceof NotSentException);
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
