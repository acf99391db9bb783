package io.hamster.cache.lease;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Questions to one member. Few messages wait for an answer at the same time; what is asked meanwhile goes together with
 * the next one, so that however many keys are asked for there is but one message for hundreds. Each question is waited
 * for until its own deadline, with whatever others it goes. Thread-safe.
 */
final class Outbox {

    /** So many messages wait for their answers at most. */
    static final int MOST_UNDER_WAY = 8;
    /** So many questions go together at most. */
    static final int MOST_TOGETHER = 500;
    /** So many questions wait until they are sent at most. */
    static final int MOST_WAITING = 100_000;
    /** So many bytes of questions wait until they are sent at most. */
    static final long MOST_BYTES_WAITING = 64L << 20;

    private static final int MOST_BYTES_TOGETHER = 256 << 10;

    /** It looks for those that are late no more often: their deadlines may all be different. */
    private static final long SHORTEST_LOOK = TimeUnit.MILLISECONDS.toNanos(10);

    private final LeaseChannel channel;
    private final String member;
    private final TimeSource time;
    private final Timer timer;
    /** Whatever has no answer yet. */
    private final Set<Letter> open = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private final Queue<Letter> waiting = new ArrayDeque<>();
    /** Guarded by {@link #lock}. */
    private long bytesWaiting;
    /** Guarded by {@link #lock}. */
    private int underWay;
    /** Guarded by {@link #lock}: whether it is going to look for those that are late. */
    private boolean isLooking;
    /** Guarded by {@link #lock}: when. */
    private long looksAt;

    Outbox(LeaseChannel channel, String member, TimeSource time, Timer timer) {
        this.channel = channel;
        this.member = member;
        this.time = time;
        this.timer = timer;
    }

    /** A question on its way. Compared by identity. */
    private static final class Letter {

        private final byte[] question;
        private final long deadline;
        private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

        private Letter(byte[] question, long deadline) {
            this.question = question;
            this.deadline = deadline;
        }
    }

    /**
     * Asks.
     *
     * @return fails as {@link LeaseChannel#request} does, at about the deadline
     */
    CompletionStage<byte[]> ask(byte[] question, long deadline) {
        Letter letter = new Letter(question, deadline);
        boolean goes;
        lock.lock();
        try {
            goes = underWay < MOST_UNDER_WAY;
            if (goes) {
                underWay++;
            } else if (waiting.size() >= MOST_WAITING || bytesWaiting + question.length > MOST_BYTES_WAITING) {
                return CompletableFuture.failedFuture(full());
            } else {
                waiting.add(letter);
                bytesWaiting += question.length;
            }
        } finally {
            lock.unlock();
        }
        open.add(letter);
        letter.answer.whenComplete((reply, failure) -> open.remove(letter));
        lookAt(deadline);
        if (goes) {
            send(List.of(letter));
        }
        return letter.answer;
    }

    /**
     * Fails all that has no answer, since the member is known not to give any.
     *
     * @param why for what has been sent; the rest is refused
     */
    void giveUp(Throwable why) {
        List<Letter> unsent;
        lock.lock();
        try {
            unsent = List.copyOf(waiting);
            waiting.clear();
            bytesWaiting = 0;
        } finally {
            lock.unlock();
        }
        LeaseMessageRefusedException refused =
                new LeaseMessageRefusedException("nothing was sent, since node '" + member + "' doesn't answer", null);
        unsent.forEach(letter -> letter.answer.completeExceptionally(refused));
        open.forEach(letter -> letter.answer.completeExceptionally(why));
    }

    /** Looks for those that are late by then. */
    private void lookAt(long moment) {
        lock.lock();
        try {
            if (isLooking && looksAt - moment <= 0) {
                return;
            }
            isLooking = true;
            looksAt = moment;
        } finally {
            lock.unlock();
        }
        timer.later(Math.max(SHORTEST_LOOK, moment - time.nanoTime()), () -> look(moment));
    }

    private void look(long moment) {
        lock.lock();
        try {
            if (!isLooking || looksAt != moment) {
                // It has looked earlier, or is going to.
                return;
            }
            isLooking = false;
        } finally {
            lock.unlock();
        }
        long now = time.nanoTime();
        Letter next = null;
        for (Letter letter : open) {
            if (letter.deadline - now <= 0) {
                letter.answer.completeExceptionally(tooLate());
            } else if (next == null || letter.deadline - next.deadline < 0) {
                next = letter;
            }
        }
        if (next != null) {
            lookAt(next.deadline);
        }
    }

    private TimeoutException tooLate() {
        return new TimeoutException("Node '" + member + "' hasn't answered in time");
    }

    private void send(List<Letter> letters) {
        byte[] message =
                Bundle.of(letters.stream().map(letter -> letter.question).toList());
        long now = time.nanoTime();
        long left = letters.stream()
                .mapToLong(letter -> letter.deadline - now)
                .max()
                .orElseThrow();
        request(channel, member, message, Duration.ofNanos(Math.max(1, left))).whenComplete((reply, failure) -> {
            sendNext();
            deliver(letters, reply, failure);
        });
    }

    /** Asks by a message of its own. */
    static CompletionStage<byte[]> request(LeaseChannel channel, String member, byte[] message, Duration timeout) {
        try {
            return channel.request(member, message, timeout);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void sendNext() {
        List<Letter> late = new ArrayList<>();
        List<Letter> next = new ArrayList<>();
        lock.lock();
        try {
            long now = time.nanoTime();
            int bytes = 0;
            while (!waiting.isEmpty() && next.size() < MOST_TOGETHER) {
                Letter letter = waiting.element();
                boolean isLate = letter.deadline - now <= 0;
                if (!isLate && !next.isEmpty() && bytes + letter.question.length > MOST_BYTES_TOGETHER) {
                    break;
                }
                waiting.remove();
                bytesWaiting -= letter.question.length;
                bytes += isLate ? 0 : letter.question.length;
                (isLate ? late : next).add(letter);
            }
            if (next.isEmpty()) {
                underWay--;
            }
        } finally {
            lock.unlock();
        }
        if (!next.isEmpty()) {
            send(next);
        }
        late.forEach(letter -> letter.answer.completeExceptionally(tooLate()));
    }

    private void deliver(List<Letter> letters, byte @Nullable [] reply, @Nullable Throwable failure) {
        if (reply == null) {
            Throwable why = failure == null ? new IllegalStateException("The channel gave no answer") : failure;
            letters.forEach(letter -> letter.answer.completeExceptionally(why));
            return;
        }
        Optional<List<byte[]>> replies = Bundle.parts(reply).filter(parts -> parts.size() == letters.size());
        if (replies.isEmpty()) {
            // It couldn't read the message, and says so once.
            letters.forEach(letter -> letter.answer.complete(reply));
            return;
        }
        Iterator<byte[]> each = replies.get().iterator();
        letters.forEach(letter -> letter.answer.complete(each.next()));
    }

    private LeaseMessageRefusedException full() {
        return new LeaseMessageRefusedException(
                "questions to node '" + member + "' wait to be sent: at most " + MOST_WAITING + " with "
                        + MOST_BYTES_WAITING + " bytes do",
                null);
    }
}
