package io.hamster.lock;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A store behind a bad network. Each command of a kind meets the faults planned for that kind, in their order. */
public final class FaultyLockStore implements LockStore {

    /** Kinds of commands. */
    public enum Command {
        ACQUIRE,
        RENEW,
        RELEASE,
        STATUS
    }

    /** What happens to a command and its answer. */
    public interface Fault {
        <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command);
    }

    private final LockStore store;
    private final ScheduledExecutorService scheduler;
    private final Map<Command, Deque<Fault>> planned = new EnumMap<>(Command.class);
    private final Map<Command, List<Object>> sent = new EnumMap<>(Command.class);
    private boolean unreachable;

    public FaultyLockStore(LockStore store, ScheduledExecutorService scheduler) {
        this.store = store;
        this.scheduler = scheduler;
        for (Command command : Command.values()) {
            planned.put(command, new ArrayDeque<>());
            sent.put(command, new ArrayList<>());
        }
    }

    /** Plans what the next commands of a kind meet. */
    public void plan(Command command, Fault... faults) {
        planned.get(command).addAll(List.of(faults));
    }

    /** From now on, until reachable again, no command arrives and each fails. */
    public void unreachable(boolean value) {
        unreachable = value;
    }

    /** The commands of a kind that were sent, whatever became of them. */
    public List<Object> sent(Command command) {
        return sent.get(command);
    }

    public int count(Command command) {
        return sent.get(command).size();
    }

    /** Nothing happens to it. */
    public Fault none() {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                return command.get();
            }
        };
    }

    /** It doesn't arrive and fails. */
    public Fault refused() {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                return CompletableFuture.failedFuture(new IllegalStateException("connection refused"));
            }
        };
    }

    /** The connection fails, yet the command arrives later. */
    public Fault brokenButArrives(Duration delay) {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                later(delay, command::get);
                return CompletableFuture.failedFuture(new IllegalStateException("connection reset"));
            }
        };
    }

    /** It arrives, but its answer is lost and the connection fails. */
    public Fault brokenAfterwards() {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                command.get();
                return CompletableFuture.failedFuture(new IllegalStateException("connection reset"));
            }
        };
    }

    /** It arrives, but is never answered. */
    public Fault answerLost() {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                command.get();
                return new CompletableFuture<>();
            }
        };
    }

    /** It doesn't arrive; its answer is what the test makes of it. */
    public Fault answeredBy(CompletableFuture<?> answer) {
        return new Fault() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                return (CompletionStage<T>) answer;
            }
        };
    }

    /** It arrives at once; its answer takes long. */
    public Fault answerDelayed(Duration delay) {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                CompletionStage<T> answer = command.get();
                CompletableFuture<T> late = new CompletableFuture<>();
                later(delay, () -> answer.thenAccept(late::complete));
                return late;
            }
        };
    }

    /** It takes long to arrive and is answered then. */
    public Fault requestDelayed(Duration delay) {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                CompletableFuture<T> late = new CompletableFuture<>();
                later(delay, () -> command.get().thenAccept(late::complete));
                return late;
            }
        };
    }

    /** It arrives and is answered, and arrives a second time later. */
    public Fault repeated(Duration delay) {
        return new Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                later(delay, command::get);
                return command.get();
            }
        };
    }

    private void later(Duration delay, Runnable work) {
        scheduler.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private <T> CompletionStage<T> send(Command command, Object what, Supplier<CompletionStage<T>> delegate) {
        sent.get(command).add(what);
        Fault fault = planned.get(command).poll();
        return (unreachable ? refused() : fault == null ? none() : fault).meet(delegate);
    }

    @Override
    public CompletionStage<Answer> acquire(Ask ask) {
        return send(Command.ACQUIRE, ask, () -> store.acquire(ask));
    }

    @Override
    public CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch) {
        List<Extension> copy = List.copyOf(batch);
        return send(Command.RENEW, copy, () -> store.renew(copy));
    }

    @Override
    public CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone) {
        return send(Command.RELEASE, new Release(key, token, tombstone), () -> store.release(key, token, tombstone));
    }

    @Override
    public CompletionStage<Optional<LockStatus>> status(String key) {
        return send(Command.STATUS, key, () -> store.status(key));
    }

    @Override
    public CompletionStage<List<LockStatus>> list(int limit) {
        return send(Command.STATUS, limit, () -> store.list(limit));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key) {
        return send(Command.STATUS, key, () -> store.forceRelease(key));
    }

    @Override
    public Registration listen(Wakeups wakeups) {
        return store.listen(wakeups);
    }

    @Override
    public boolean ordersWaiters() {
        return store.ordersWaiters();
    }

    @Override
    public void close() {
        store.close();
    }

    /** A release that was sent. */
    public record Release(String key, LockToken token, Duration tombstone) {}
}
