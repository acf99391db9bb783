package io.hamster.lock;

import java.time.Duration;

/**
 * What one client has done so far.
 *
 * @param acquired granted requests, without re-entries
 * @param failed requests that ended without a lock, for whatever reason
 * @param contended requests, granted or not, whose lock was held when they first asked
 * @param expired locks whose deadline passed before they were released
 * @param lost locks that the store took away before their deadline
 * @param refreshed renewals that succeeded
 * @param released locks released by their holder
 * @param held locks held now
 * @param waiting requests that wait now
 * @param waitTime time spent until they were answered, over all requests
 * @param holdTime time held, over all locks that have ended
 */
public record LockStats(
        long acquired,
        long failed,
        long contended,
        long expired,
        long lost,
        long refreshed,
        long released,
        long held,
        long waiting,
        Duration waitTime,
        Duration holdTime) {

    /**
     * The share of requests that found their lock held.
     *
     * @return 0 to 1; 0 if there were none
     */
    public double contentionRate() {
        long requests = acquired + failed;
        return requests == 0 ? 0 : (double) contended / requests;
    }
}
