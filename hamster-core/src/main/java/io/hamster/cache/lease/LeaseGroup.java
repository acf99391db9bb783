package io.hamster.cache.lease;

import io.hamster.TimeSource;
import io.hamster.cache.lease.LeaseChannel.View;
import io.hamster.cache.lease.Reply.Refusal;
import io.hamster.cache.store.CacheStoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node among those that keep each other's leases. Asks again, within a bound, whoever is in the middle of a change of
 * views.
 */
final class LeaseGroup implements LeaseChannel.Listener {

    private static final Logger log = LoggerFactory.getLogger(LeaseGroup.class);

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SWEEP = TimeUnit.SECONDS.toNanos(1);
    private static final Duration COOL_DOWN = Duration.ofSeconds(1);

    private final LeaseChannel channel;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Duration patience;
    private final Keeper keeper;
    private final Reach reach;
    private final AtomicBoolean sweeps = new AtomicBoolean();

    LeaseGroup(LeaseChannel channel, TimeSource time, ScheduledExecutorService scheduler, Duration patience) {
        this.channel = channel;
        this.time = time;
        this.scheduler = scheduler;
        this.patience = patience;
        this.keeper = new Keeper(channel.self(), time, patience);
        this.reach = new Reach(time, COOL_DOWN);
    }

    @Override
    public void entered(View view) {
        Circle circle = Circle.of(view);
        keeper.enter(circle);
        reach.retain(view.members());
        long until = time.nanoTime() + patience.toNanos();
        for (String member : view.members()) {
            if (!member.equals(channel.self())) {
                greet(circle, member, until, false);
            }
        }
    }

    /** Asks a member, until it says so or nobody wants to know, whether it is in the view. */
    private void greet(Circle circle, String member, long until, boolean warned) {
        if (keeper.circle() != circle) {
            return;
        }
        boolean isLate = until - time.nanoTime() < 0;
        if (isLate && !warned) {
            log.warn(
                    "Node '{}' belongs to the cluster but hasn't said so for {} ms: until it does or has left, each instance"
                            + " loads the keys of its caches for itself",
                    member,
                    patience.toMillis());
        }
        send(member, new Question.Greeting(circle.view().id()), patience).whenComplete((reply, failure) -> {
            if (failure == null && !(reply instanceof Refusal)) {
                keeper.greeted(circle, member);
                if (isLate) {
                    log.info("Node '{}' says that it belongs to the cluster: loads of caches are shared again", member);
                }
            } else {
                later(PAUSE, () -> greet(circle, member, until, isLate));
            }
        });
    }

    @Override
    public byte[] received(byte[] message) {
        return Wire.encode(Wire.question(message).map(this::keep).orElse(Refusal.UNREADABLE));
    }

    private Reply keep(Question question) {
        Reply reply = keeper.answer(question);
        if (reply instanceof Reply.Standing && sweeps.compareAndSet(false, true)) {
            sweepLater();
        }
        return reply;
    }

    private void sweepLater() {
        boolean isTaken = later(SWEEP, () -> {
            sweeps.set(false);
            if (keeper.sweep() && sweeps.compareAndSet(false, true)) {
                sweepLater();
            }
        });
        if (!isTaken) {
            sweeps.set(false);
        }
    }

    /** Asks a key's owner; fails with {@link CacheStoreUnavailableException} if it gives no answer within the bound. */
    CompletionStage<Reply> askOwner(String cache, String key, Function<Circle, Question> question) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        tryOwner(cache, key, question, time.nanoTime() + patience.toNanos(), answer);
        return answer;
    }

    private void tryOwner(
            String cache,
            String key,
            Function<Circle, Question> question,
            long deadline,
            CompletableFuture<Reply> answer) {
        Circle circle = keeper.circle();
        if (circle.isEmpty()) {
            answer.completeExceptionally(unavailable("this node isn't in a cluster now", null));
            return;
        }
        String owner = circle.owner(cache, key);
        ask(circle, owner, question.apply(circle), deadline).whenComplete((reply, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(unwrapped(failure));
            } else if (reply != Refusal.OTHER_VIEW && reply != Refusal.NOT_YET && keeper.circle() == circle) {
                answer.complete(reply);
            } else {
                again(deadline, () -> tryOwner(cache, key, question, deadline, answer), answer);
            }
        });
    }

    /** Ends a ticket that a key's owner may be about to give to nobody; that it arrives isn't certain. */
    void withdraw(String cache, String key, String id) {
        Circle circle = keeper.circle();
        String owner = circle.isEmpty() ? channel.self() : circle.owner(cache, key);
        if (!owner.equals(channel.self())) {
            send(owner, new Question.End(circle.view().id(), cache, key, id), patience);
        }
    }

    /** Tells every member of the view, itself included; the sum of their counts, once all have noted it in one view. */
    CompletionStage<Long> tellAll(Function<Circle, Question> change) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        tryAll(change, time.nanoTime() + patience.toNanos(), answer);
        return answer;
    }

    private void tryAll(Function<Circle, Question> change, long deadline, CompletableFuture<Long> answer) {
        Circle circle = keeper.circle();
        if (circle.isEmpty()) {
            // Nobody here knows anything, and whoever this node will meet, in a view to come, won't either.
            answer.complete(0L);
            return;
        }
        Question question = change.apply(circle);
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (String member : circle.view().members()) {
            replies.add(ask(circle, member, question, deadline).toCompletableFuture());
        }
        CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(unwrapped(failure));
            } else if (replies.stream().allMatch(reply -> reply.join() instanceof Reply.Count)) {
                answer.complete(replies.stream()
                        .mapToLong(reply -> ((Reply.Count) reply.join()).number())
                        .sum());
            } else {
                again(deadline, () -> tryAll(change, deadline, answer), answer);
            }
        });
    }

    /** Asks one member of a view; a member that fails to answer although time is left is taken to have left the view. */
    private CompletionStage<Reply> ask(Circle circle, String member, Question question, long deadline) {
        if (member.equals(channel.self())) {
            return CompletableFuture.completedFuture(keep(question));
        }
        if (!reach.allows(member)) {
            return CompletableFuture.failedFuture(unavailable("node '" + member + "' doesn't answer", null));
        }
        long left = deadline - time.nanoTime();
        return send(member, question, Duration.ofNanos(Math.max(1, left))).handle((reply, failure) -> {
            if (failure == null) {
                reach.answered(member);
                return judged(member, reply);
            }
            if (keeper.circle() == circle && deadline - time.nanoTime() <= 0) {
                reach.failed(member);
                throw unavailable("node '" + member + "' didn't answer within " + patience.toMillis() + " ms", failure);
            }
            return Refusal.OTHER_VIEW;
        });
    }

    private static Reply judged(String member, Reply reply) {
        if (reply == Refusal.NOT_SOON || reply == Refusal.FULL || reply == Refusal.UNREADABLE) {
            throw unavailable("node '" + member + "' says " + reply, null);
        }
        return reply;
    }

    private CompletionStage<Reply> send(String member, Question question, Duration timeout) {
        try {
            return channel.request(member, Wire.encode(question), timeout)
                    .thenApply(bytes -> Wire.reply(bytes).orElse(Refusal.UNREADABLE));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void again(long deadline, Runnable attempt, CompletableFuture<?> answer) {
        if (deadline - time.nanoTime() <= 0) {
            answer.completeExceptionally(unavailable(
                    "the nodes haven't agreed on who is there within " + patience.toMillis() + " ms", null));
        } else if (!later(PAUSE, attempt)) {
            answer.completeExceptionally(unavailable("it has been closed", null));
        }
    }

    private boolean later(long nanos, Runnable work) {
        try {
            scheduler.schedule(work, nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("Nothing is done later any more about loads of caches", e);
            return false;
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    static CacheStoreUnavailableException unavailable(String why, @Nullable Throwable cause) {
        return new CacheStoreUnavailableException("The cluster can't be asked about loads: " + why, cause);
    }
}
