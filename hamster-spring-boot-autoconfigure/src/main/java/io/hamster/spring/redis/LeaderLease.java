package io.hamster.spring.redis;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** The leader's lease in Redis: each command is one script that compares before it sets. */
final class LeaderLease {

    private static final Script LEAD = Script.named("cluster-lead");
    private static final Script RELEASE = Script.named("cluster-release");

    private final GroupLines lines;
    private final List<String> keys;
    private final String node;
    private final Duration period;

    LeaderLease(GroupLines lines, String node, Duration period) {
        this.lines = lines;
        this.keys = List.of(lines.names().lease(), lines.names().terms());
        this.node = node;
        this.period = period;
    }

    /** What a node wants with the lease, other than to know of it. */
    enum Wish {
        /** Nothing. */
        LOOK,
        /** To keep it. */
        RENEW,
        /** To get it if it was released. */
        INHERIT,
        /** To get it if it isn't there. */
        ACQUIRE,
        /** To get it if it isn't there, though Redis may have forgotten a later one than this node knows of. */
        INSIST;

        /** Whether a lease may be got that nobody has released. */
        boolean takesWhatIsGone() {
            return this == ACQUIRE || this == INSIST;
        }
    }

    enum Finding {
        /** This process has it now, for a whole period from when it asked. */
        GRANTED,
        /** This process had it already, and has it for another period. */
        KEPT,
        HELD,
        /** It is gone, but Redis can't tell whether its holder knows. */
        FREE,
        /** It is gone, and Redis has forgotten a term that this node knows of. */
        FORGOTTEN,
        /** It was given up, or never was. */
        RELEASED
    }

    /**
     * What was found.
     *
     * @param term of the lease; without one the highest known to Redis or this node
     * @param token of the process that has it, or empty
     * @param node its name, or empty
     * @param leftMillis what is left of it
     */
    record Answer(Finding finding, long term, String token, String node, long leftMillis) {}

    /**
     * Asks Redis.
     *
     * @param known the highest term that this node knows of: later ones are above it
     */
    CompletableFuture<Answer> ask(Wish wish, long known) {
        return lines.run(
                LEAD,
                keys,
                List.of(
                        lines.token(),
                        node,
                        Long.toString(period.toMillis()),
                        Long.toString(known),
                        lines.names().news(),
                        wish.name().toLowerCase(Locale.ROOT)),
                LeaderLease::answer);
    }

    /** Whether this process had the lease of that term until now. */
    CompletableFuture<Boolean> release(long term) {
        return lines.run(
                RELEASE,
                keys,
                List.of(lines.token(), Long.toString(term), lines.names().news()),
                reply -> reply.get(0).equals("1"));
    }

    private static Answer answer(List<Object> reply) {
        return new Answer(
                Finding.valueOf(reply.get(0).toString().toUpperCase(Locale.ROOT)),
                Long.parseLong(reply.get(1).toString()),
                reply.get(2).toString(),
                reply.get(3).toString(),
                Long.parseLong(reply.get(4).toString()));
    }
}
