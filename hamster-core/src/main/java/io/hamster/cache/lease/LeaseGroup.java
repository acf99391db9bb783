package io.hamster.cache.lease;

import io.hamster.TimeSource;
import io.hamster.cache.lease.LeaseChannel.View;
import io.hamster.cache.lease.Reply.Refusal;
import io.hamster.cache.store.CacheStoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
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

    /** No more is answered at once; a single value may come on top. */
    static final int MOST_BYTES_ANSWERED = 8 << 20;

    private static final Logger log = LoggerFactory.getLogger(LeaseGroup.class);

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long SWEEP = TimeUnit.SECONDS.toNanos(1);

    private final LeaseChannel channel;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Duration patience;
    private final Keeper keeper;
    private final Reach reach;
    private final Greetings greetings;
    /** By member. */
    private final Map<String, Outbox> outboxes = new ConcurrentHashMap<>();

    private final AtomicBoolean sweeps = new AtomicBoolean();

    LeaseGroup(LeaseChannel channel, TimeSource time, ScheduledExecutorService scheduler, Duration patience) {
        this.channel = channel;
        this.time = time;
        this.scheduler = scheduler;
        this.patience = patience;
        this.keeper = new Keeper(channel.self(), time, patience);
        this.reach = new Reach(time, patience);
        this.greetings = new Greetings(channel, time, this::later, patience, keeper, reach);
    }

    @Override
    public void entered(View view) {
        Circle circle = Circle.of(view);
        keeper.enter(circle);
        reach.retain(view.members());
        outboxes.keySet().retainAll(view.members());
        greetings.toAll(circle);
    }

    @Override
    public byte[] received(byte[] message) {
        Optional<List<byte[]>> questions = Bundle.parts(message);
        if (questions.isEmpty()) {
            return Wire.encode(Refusal.UNREADABLE);
        }
        List<byte[]> replies = new ArrayList<>();
        long bytes = 0;
        for (byte[] question : questions.get()) {
            byte[] reply = Wire.encode(bytes < MOST_BYTES_ANSWERED ? answer(question) : Refusal.TOO_MUCH);
            bytes += reply.length;
            replies.add(reply);
        }
        return Bundle.of(replies);
    }

    private Reply answer(byte[] question) {
        return Wire.question(question).map(this::keep).orElse(Refusal.UNREADABLE);
    }

    private Reply keep(Question question) {
        Reply reply = keeper.answer(question);
        if (question instanceof Question.Greeting greeting && !(reply instanceof Refusal)) {
            reach.answered(greeting.member());
        }
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

    /** What was asked at last, after changes of views, and what the answer to that is. */
    record Answered(Question question, Reply reply) {}

    /**
     * Asks a key's owner; fails with {@link CacheStoreUnavailableException} if it gives no answer within the bound.
     *
     * @param question made anew for each attempt
     */
    CompletionStage<Answered> askOwner(String cache, String key, Function<Circle, Question> question) {
        CompletableFuture<Answered> answer = new CompletableFuture<>();
        tryOwner(cache, key, question, time.nanoTime() + patience.toNanos(), answer);
        return answer;
    }

    private void tryOwner(
            String cache,
            String key,
            Function<Circle, Question> ask,
            long deadline,
            CompletableFuture<Answered> answer) {
        Circle circle = keeper.circle();
        if (circle.isEmpty()) {
            answer.completeExceptionally(unavailable("this node isn't in a cluster now", null));
            return;
        }
        String owner = circle.owner(cache, key);
        Question question = ask.apply(circle);
        ask(circle, owner, question, deadline).whenComplete((reply, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(unwrapped(failure));
            } else if (!mayChange(reply) && keeper.circle() == circle) {
                answer.complete(new Answered(question, reply));
            } else {
                again(
                        circle,
                        Map.of(owner, reply),
                        deadline,
                        () -> tryOwner(cache, key, ask, deadline, answer),
                        answer);
            }
        });
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
        Map<String, CompletableFuture<Reply>> asked = new LinkedHashMap<>();
        for (String member : circle.view().members()) {
            asked.put(member, ask(circle, member, question, deadline).toCompletableFuture());
        }
        CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(unwrapped(failure));
                        return;
                    }
                    Map<String, Reply> replies = new LinkedHashMap<>();
                    asked.forEach((member, reply) -> replies.put(member, reply.join()));
                    if (replies.values().stream().allMatch(Reply.Count.class::isInstance)) {
                        answer.complete(replies.values().stream()
                                .mapToLong(reply -> ((Reply.Count) reply).number())
                                .sum());
                    } else {
                        again(circle, replies, deadline, () -> tryAll(change, deadline, answer), answer);
                    }
                });
    }

    /** Asks one member of a view; a member that fails to answer although time is left is taken to have left the view. */
    private CompletionStage<Reply> ask(Circle circle, String member, Question question, long deadline) {
        if (member.equals(channel.self())) {
            return CompletableFuture.completedFuture(keep(question)).thenApply(reply -> judged(member, reply));
        }
        if (reach.isSilent(member)) {
            return CompletableFuture.failedFuture(unavailable("node '" + member + "' doesn't answer", null));
        }
        return send(member, question, deadline).handle((reply, failure) -> {
            if (failure == null) {
                if (reply != Refusal.OTHER_VIEW) {
                    reach.answered(member);
                }
                return judged(member, reply);
            }
            Throwable why = unwrapped(failure);
            if (why instanceof LeaseMessageRefusedException) {
                throw unavailable(String.valueOf(why.getMessage()), why);
            }
            withdraw(member, question);
            if (why instanceof CacheStoreUnavailableException known) {
                throw known;
            }
            if (keeper.circle() == circle && deadline - time.nanoTime() <= 0) {
                giveUp(member);
                throw unavailable("node '" + member + "' didn't answer within " + patience.toMillis() + " ms", why);
            }
            return Refusal.OTHER_VIEW;
        });
    }

    private Reply judged(String member, Reply reply) {
        if (reply instanceof Refusal && !mayChange(reply)) {
            throw unavailable("node '" + member + "' says " + reply, null);
        }
        return reply;
    }

    /** Whether another answer may come if the same is asked again. */
    private static boolean mayChange(Reply reply) {
        return reply == Refusal.OTHER_VIEW || reply == Refusal.NOT_YET || reply == Refusal.TOO_MUCH;
    }

    /** Ends the ticket that a key's owner may be about to give to nobody; that this arrives isn't certain. */
    private void withdraw(String member, Question question) {
        if (question instanceof Question.Ask ask) {
            Question end = new Question.End(ask.view(), ask.cache(), ask.key(), ask.id(), false);
            send(member, end, time.nanoTime() + patience.toNanos());
        }
    }

    private CompletionStage<Reply> send(String member, Question question, long deadline) {
        byte[] message;
        try {
            message = Wire.encode(question);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(
                    new LeaseMessageRefusedException("A question can't be encoded: " + e.getMessage(), e));
        }
        return outboxes.computeIfAbsent(member, to -> new Outbox(channel, to, time, this::later))
                .ask(message, deadline)
                .thenApply(bytes -> Wire.reply(bytes).orElse(Refusal.UNREADABLE));
    }

    /** Asks a member that is silent no more until it has said that it is in the view. */
    private void giveUp(String member) {
        if (!reach.failed(member)) {
            return;
        }
        Outbox outbox = outboxes.get(member);
        if (outbox != null) {
            outbox.giveUp(unavailable("node '" + member + "' doesn't answer", null));
        }
        // The view as it is by now: in one that was entered meanwhile it may have been greeted before it was silent.
        Circle circle = keeper.circle();
        if (circle.view().members().contains(member)) {
            greetings.to(circle, member);
        }
    }

    /**
     * Tries again, the less often the longer it takes, unless no time would be left; those that were in another view
     * all the while are given up.
     */
    private void again(
            Circle circle, Map<String, Reply> replies, long deadline, Runnable attempt, CompletableFuture<?> answer) {
        long left = deadline - time.nanoTime();
        long pause = Math.max(FIRST_PAUSE, Math.min(LONGEST_PAUSE, Math.min(patience.toNanos() - left, left) / 2));
        if (left <= pause) {
            if (keeper.circle() == circle) {
                replies.forEach((member, reply) -> {
                    if (reply == Refusal.OTHER_VIEW) {
                        giveUp(member);
                    }
                });
            }
            answer.completeExceptionally(unavailable(
                    "the nodes haven't agreed on who is there within " + patience.toMillis() + " ms", null));
            return;
        }
        if (!later(pause, attempt)) {
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
