package io.hamster.spring.web;

import io.hamster.HamsterException;
import io.hamster.InvalidExpirationException;
import io.hamster.InvalidKeyException;
import io.hamster.cache.InvalidCacheValueException;
import io.hamster.cache.KeyNotFoundException;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.WriteBackFullException;
import io.hamster.cluster.ClusterNotReadyException;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.RemoteCallRejectedException;
import io.hamster.hash.InvalidReplicasException;
import io.hamster.hash.NoPeersAvailableException;
import io.hamster.lock.LockExpiredException;
import io.hamster.lock.LockLostException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockNotHeldException;
import io.hamster.lock.LockUnavailableException;
import io.hamster.lock.NestedLockException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/**
 * The kinds of problems. Their details are fixed texts: an exception's message may show a part of a key, and the client
 * of an application is no reader of its logs.
 */
enum HamsterProblem {
    INVALID_INPUT(
            "invalid-input",
            HttpStatus.BAD_REQUEST,
            "Invalid key or value",
            "A key, a value or a duration that was made of this request isn't allowed.",
            List.of(
                    InvalidKeyException.class,
                    InvalidExpirationException.class,
                    InvalidReplicasException.class,
                    InvalidCacheValueException.class)),
    LOCK_NOT_HELD(
            "lock-not-held",
            HttpStatus.BAD_REQUEST,
            "Lock not held",
            "A lock was to be released or extended that this request doesn't hold.",
            List.of(LockNotHeldException.class)),
    NOT_FOUND(
            "not-found",
            HttpStatus.NOT_FOUND,
            "Not found",
            "There is no such entry.",
            List.of(KeyNotFoundException.class)),
    LOCK_NOT_ACQUIRED(
            "lock-not-acquired",
            HttpStatus.CONFLICT,
            "Busy",
            "Somebody else is working on this; try again.",
            List.of(LockNotAcquiredException.class)),
    LOCK_EXPIRED(
            "lock-expired",
            HttpStatus.GONE,
            "Lock expired",
            "The lock that protected this request ended before the request did; look at what was done, and begin anew.",
            List.of(LockExpiredException.class, LockLostException.class)),
    NO_PEERS(
            "no-peers",
            HttpStatus.SERVICE_UNAVAILABLE,
            "No peers available",
            "No instance can take this request now; try again later.",
            List.of(NoPeersAvailableException.class)),
    UNAVAILABLE(
            "unavailable",
            HttpStatus.SERVICE_UNAVAILABLE,
            "Temporarily unavailable",
            "Something that this request needs doesn't answer now; try again later.",
            List.of(
                    LockUnavailableException.class,
                    CacheStoreUnavailableException.class,
                    WriteBackFullException.class,
                    JournalException.class,
                    ClusterNotReadyException.class,
                    NodeUnreachableException.class,
                    RemoteCallRejectedException.class));

    /** A name, not an address: nothing is to be fetched there. */
    private static final String TYPES = "urn:hamster:problem:";

    private final URI type;
    private final HttpStatus status;
    private final String title;
    private final String detail;
    private final List<Class<? extends HamsterException>> exceptions;

    HamsterProblem(
            String name,
            HttpStatus status,
            String title,
            String detail,
            List<Class<? extends HamsterException>> exceptions) {
        this.type = URI.create(TYPES + name);
        this.status = status;
        this.title = title;
        this.detail = detail;
        this.exceptions = exceptions;
    }

    /** Empty for exceptions that say nothing to a client, such as those of loaders and remote functions. */
    static Optional<HamsterProblem> of(HamsterException exception) {
        if (exception instanceof NestedLockException) {
            // A fault of the program, which trying again won't mend.
            return Optional.empty();
        }
        for (HamsterProblem problem : values()) {
            if (problem.exceptions.stream().anyMatch(type -> type.isInstance(exception))) {
                return Optional.of(problem);
            }
        }
        return Optional.empty();
    }

    /** When it is worth trying again, where that is known. */
    static Optional<Duration> retryAfter(HamsterException exception) {
        if (exception instanceof LockUnavailableException locks) {
            return locks.retryAfter();
        }
        return exception instanceof CacheStoreUnavailableException caches ? caches.retryAfter() : Optional.empty();
    }

    ProblemDetail toDetail() {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(type);
        problem.setTitle(title);
        return problem;
    }
}
