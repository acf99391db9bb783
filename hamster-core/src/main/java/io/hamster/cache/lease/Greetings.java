package io.hamster.cache.lease;

import io.hamster.TimeSource;
import io.hamster.cache.lease.Reply.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks members whether they are in the view in which this node is: once that begins, and once they have been silent. Each
 * is asked until it says so or nobody wants to know. Whoever comes into the view last asks too, and says so by that: to
 * ask again is for messages that were lost, and not urgent.
 */
final class Greetings {

    private static final Logger log = LoggerFactory.getLogger(Greetings.class);

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final LeaseChannel channel;
    private final TimeSource time;
    private final Timer timer;
    private final Duration patience;
    private final Keeper keeper;
    private final Reach reach;
    /** Whom it is asking, and about which view. */
    private final Map<String, Circle> asked = new ConcurrentHashMap<>();

    Greetings(LeaseChannel channel, TimeSource time, Timer timer, Duration patience, Keeper keeper, Reach reach) {
        this.channel = channel;
        this.time = time;
        this.timer = timer;
        this.patience = patience;
        this.keeper = keeper;
        this.reach = reach;
    }

    /** Greets all others in a view that has been entered. */
    void toAll(Circle circle) {
        for (String member : circle.view().members()) {
            if (!member.equals(channel.self())) {
                begin(circle, member, true);
            }
        }
    }

    /** Greets one who has been silent in a view. */
    void to(Circle circle, String member) {
        begin(circle, member, false);
    }

    private void begin(Circle circle, String member, boolean isNew) {
        if (asked.put(member, circle) != circle) {
            greet(circle, member, time.nanoTime() + patience.toNanos(), !isNew, FIRST_PAUSE);
        }
    }

    private void greet(Circle circle, String member, long until, boolean warned, long pause) {
        if (keeper.circle() != circle) {
            asked.remove(member, circle);
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
        byte[] greeting = Wire.encode(new Question.Greeting(circle.view().id(), channel.self()));
        Outbox.request(channel, member, greeting, patience).whenComplete((reply, failure) -> {
            if (failure == null && !(Wire.reply(reply).orElse(Refusal.UNREADABLE) instanceof Refusal)) {
                asked.remove(member, circle);
                keeper.greeted(circle, member);
                reach.answered(member);
            } else {
                timer.later(
                        pause,
                        () -> greet(circle, member, until, warned || isLate, Math.min(LONGEST_PAUSE, 2 * pause)));
            }
        });
    }
}
