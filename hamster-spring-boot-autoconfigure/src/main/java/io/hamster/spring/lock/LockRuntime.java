package io.hamster.spring.lock;

import io.hamster.TimeSource;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.lock.LockedMethod.Wanted;
import java.time.Duration;

/**
 * What calls need, fetched with the first one.
 *
 * @param client takes the locks
 * @param requests starts the requests
 * @param time measures what is left of a wait
 * @param executors where calls that nobody waits for go on
 */
record LockRuntime(LockClient client, LockRequests requests, TimeSource time, HamsterExecutors executors) {

    /** The request for one of a call's locks; its wait counts from the begin of the call. */
    LockRequest request(Wanted wanted, long began) {
        LockRequest request = wanted.lock().attributes().applyTo(requests.builder(wanted.key()));
        long elapsed = time.nanoTime() - began;
        if (elapsed <= 0) {
            return request;
        }
        Duration left = request.timeout().minusNanos(elapsed);
        RetryStrategy retry = request.retry();
        if (left.isNegative() || left.isZero()) {
            // The wait is over, but the lock may be free: one attempt, with the time that the store needs to answer it.
            return request.toBuilder().retry(retry.withCount(0)).build();
        }
        // A request that doesn't wait keeps its timeout for the same reason.
        return retry.count() == 0 ? request : request.toBuilder().timeout(left).build();
    }
}
