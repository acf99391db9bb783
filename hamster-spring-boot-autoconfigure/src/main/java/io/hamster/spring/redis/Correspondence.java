package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.Transport.Receiver;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests of this process and of others, and their answers. Who asks bounds how many are under way; what waits here for
 * an answer is dropped at its timeout. A request that is known to have outlived its asker's patience, or came before, is
 * dropped unexecuted; its age is known by Redis' clock, so that the nodes' own don't matter. Thread-safe.
 */
final class Correspondence {

    private static final Logger logger = LoggerFactory.getLogger(Correspondence.class);

    private final String self;
    private final GroupLines lines;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final RecentIds recent = new RecentIds();
    private final SeldomLog unreadable;
    private volatile @Nullable Receiver receiver;
    private volatile @Nullable Clock clock;

    Correspondence(String self, GroupLines lines, TimeSource time, ScheduledExecutorService scheduler) {
        this.self = self;
        this.lines = lines;
        this.time = time;
        this.scheduler = scheduler;
        this.unreadable = new SeldomLog(logger, time);
    }

    private record Pending(String node, String token, CompletableFuture<byte[]> answer) {}

    /** Redis showed at least these milliseconds at that time. */
    private record Clock(long millis, long atNanos) {}

    void open(Receiver to) {
        receiver = to;
    }

    /** Delivers nothing more. */
    void close() {
        receiver = null;
        lose(Set.of());
    }

    /** What Redis' clock showed just now. */
    void clock(long millis) {
        clock = new Clock(millis, time.nanoTime());
    }

    CompletableFuture<byte[]> request(String node, String token, byte[] message, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        // Random, so that nobody else can answer.
        long id = UUID.randomUUID().getLeastSignificantBits();
        pending.put(id, new Pending(node, token, answer));
        answer.whenComplete((reply, failure) -> pending.remove(id));
        CompletableFuture<Boolean> sent =
                lines.send(token, new Envelope(false, id, self, lines.token(), timeout.toMillis(), message).encode());
        try {
            // Who waits is told by others; what isn't sent by then needn't be any more.
            Runnable drop = () -> {
                pending.remove(id);
                sent.cancel(false);
            };
            Future<?> timer = scheduler.schedule(drop, timeout.toNanos(), TimeUnit.NANOSECONDS);
            answer.whenComplete((reply, failure) -> timer.cancel(false));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        sent.whenComplete((heard, failure) -> {
            if (failure != null && !sent.isCancelled()) {
                answer.completeExceptionally(
                        new NodeUnreachableException("Redis didn't take a message to node '" + node + "'", failure));
            } else if (failure == null && !heard) {
                answer.completeExceptionally(new NodeUnreachableException(
                        "Node '" + node + "' doesn't listen at present; nothing was run", null));
            }
        });
        return answer;
    }

    /** Fails what waits for any other process than these. */
    void lose(Collection<String> alive) {
        for (Pending request : pending.values()) {
            if (!alive.contains(request.token())) {
                request.answer()
                        .completeExceptionally(new NodeUnreachableException(
                                "Node '" + request.node() + "' was lost before it answered", null));
            }
        }
    }

    /** Takes what was published to this process, by whomever. */
    void received(String text) {
        Receiver to = receiver;
        if (to == null) {
            return;
        }
        int space = text.indexOf(' ');
        try {
            long sentMillis = Long.parseLong(text.substring(0, Math.max(space, 0)));
            Envelope message = Envelope.decode(text.substring(space + 1));
            if (message.answer()) {
                answered(message);
            } else {
                asked(to, message, sentMillis);
            }
        } catch (IOException | NumberFormatException e) {
            unreadable.warn(
                    "A message of {} characters came in over Redis that {} can't read; ignored: {}",
                    text.length(),
                    self,
                    e.toString());
        }
    }

    private void answered(Envelope message) {
        Pending request = pending.get(message.id());
        if (request != null && request.token().equals(message.token())) {
            request.answer().complete(message.payload());
        }
    }

    private void asked(Receiver to, Envelope message, long sentMillis) {
        if (ageMillis(sentMillis) >= message.patienceMillis()) {
            logger.debug("A request of {} came after it had given up; dropped", message.from());
            return;
        }
        if (!recent.add(message.id())) {
            logger.debug("A request of {} came twice; dropped", message.from());
            return;
        }
        to.received(message.from(), message.payload()).whenComplete((reply, failure) -> {
            if (reply != null) {
                answer(message, reply);
            }
        });
    }

    private void answer(Envelope request, byte[] reply) {
        String text = new Envelope(true, request.id(), self, lines.token(), 0, reply).encode();
        lines.send(request.token(), text).whenComplete((heard, failure) -> {
            if (failure != null || !heard) {
                logger.debug("An answer for {} wasn't heard", request.from(), failure);
            }
        });
    }

    /** At least this old. */
    private long ageMillis(long sentMillis) {
        Clock known = clock;
        if (known == null) {
            return 0;
        }
        long now = known.millis() + TimeUnit.NANOSECONDS.toMillis(time.nanoTime() - known.atNanos());
        return Math.max(0, now - sentMillis);
    }
}
