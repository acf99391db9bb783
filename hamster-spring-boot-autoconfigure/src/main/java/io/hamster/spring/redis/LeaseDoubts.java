package io.hamster.spring.redis;

import io.hamster.spring.redis.LeaderLease.Wish;

/**
 * What Redis may have forgotten of leases, as far as one node can know. Redis is steady while it has answered on one
 * connection: after a period of that, any lease that this node can't know of has run out. For an elector's use under its
 * lock; times are nanoseconds.
 */
final class LeaseDoubts {

    private final GroupLines lines;
    private final ElectionTimes times;

    private boolean answeredOnce;
    /** Redis was out of reach since it answered last, or from the start. */
    private boolean interrupted;
    /** It has forgotten a term. */
    private boolean forgetful;

    private long steadySince;
    /** When the latest question was asked that was answered. */
    private long heardAt;
    /** What was counted when that was looked at last. */
    private long breaks;
    /** When the lease that was seen last runs out, at the earliest and at the latest. */
    private long seenAtLeastUntil;

    private long seenUntil;
    /** Before this, somebody else may have the lease that this node got. */
    private long believedFrom;

    LeaseDoubts(GroupLines lines, ElectionTimes times) {
        this.lines = lines;
        this.times = times;
    }

    /** When something was asked. */
    record Moment(long sentAt, long breaks, boolean first) {}

    /** This node knows nothing yet, also not that there is reason for doubt. */
    void start(long now) {
        answeredOnce = false;
        interrupted = false;
        forgetful = false;
        steadySince = now - times.period();
        heardAt = now;
        breaks = lines.breaks();
        seenAtLeastUntil = now;
        seenUntil = now;
        believedFrom = now;
    }

    Moment asking(long now) {
        long counted = lines.breaks();
        if (counted != breaks && answeredOnce) {
            steadySince = now;
        }
        breaks = counted;
        return new Moment(now, breaks, !answeredOnce && !interrupted);
    }

    void failed() {
        interrupted |= !answeredOnce || !lines.isUp();
    }

    /** @param forgotten whether the answer shows that Redis has forgotten a term */
    void answered(Moment asked, boolean forgotten, long now) {
        answeredOnce = true;
        if (asked.first()) {
            breaks = lines.breaks();
        }
        if (interrupted || isDeaf(now) || (forgotten && !forgetful)) {
            // Redis may have granted or renewed a lease that this node hasn't seen, and forgotten it.
            interrupted = false;
            steadySince = now;
        }
        forgetful = forgotten;
        heardAt = asked.sentAt();
    }

    /** Whether another connection may have brought the answer. For the first question connections are made. */
    private boolean isBroken(Moment asked) {
        return !asked.first() && lines.breaks() != asked.breaks();
    }

    /** Longer without an answer than a healthy leader is without renewing. */
    private boolean isDeaf(long now) {
        return now - heardAt > times.period() / 2;
    }

    /** Somebody has a lease. */
    void seen(Moment asked, long left, long now) {
        seenAtLeastUntil = asked.sentAt() + left;
        seenUntil = now + left;
    }

    /**
     * Nobody has a lease any more.
     *
     * @param forgotten whether Redis surely doesn't know that one was released
     * @param own whether it was this node's, which knows more of it than it saw
     */
    void gone(boolean forgotten, boolean own, long now) {
        boolean tooEarly = seenAtLeastUntil - now > times.margin();
        if (forgotten && tooEarly && !own) {
            steadySince = now;
        }
        seenAtLeastUntil = now;
        seenUntil = now;
    }

    /** Whether nobody can believe in a lease if there is none in Redis. */
    private boolean isCertain(long now) {
        // One that is gone before it was to run out is forgotten: that is seen only if it isn't taken over at once.
        return !interrupted && !isDeaf(now) && seenUntil - now <= 0 && now - steadySince >= times.period();
    }

    /** What a node may want that has no lease. */
    Wish wish(long now) {
        if (!isCertain(now)) {
            return Wish.INHERIT;
        }
        return forgetful ? Wish.INSIST : Wish.ACQUIRE;
    }

    /** How long it takes until then, at the least. */
    long untilCertain(long now) {
        return Math.max(steadySince + times.period() - now, 0);
    }

    /** A lease was granted that wasn't there, on the strength of {@link #wish}. */
    void taken(Moment asked, long now) {
        if (isBroken(asked)) {
            believedFrom = now + times.period();
        }
    }

    /** A lease was found that an earlier question must have got whose answer didn't come. */
    void found(Moment asked, long now) {
        if (isBroken(asked) || now - steadySince < times.period()) {
            believedFrom = now + times.period();
        }
    }

    /** How long this node must not believe in its lease yet; not positive if it may. */
    long untilBelieved(long now) {
        return believedFrom - now;
    }
}
