package io.hamster.spring.lock;

import io.hamster.lock.LockListener.Outcome;
import io.hamster.spring.TimedAlready;
import io.micrometer.observation.Observation;
import java.util.Optional;

/** What an observation knows of an acquisition. Not thread-safe, as Micrometer's contexts aren't. */
public final class LockAcquireContext extends Observation.Context implements TimedAlready {

    private final String key;
    private final String store;
    private Optional<Outcome> outcome = Optional.empty();

    LockAcquireContext(String key, String store) {
        this.key = key;
        this.store = store;
    }

    /**
     * The lock's key.
     *
     * @return the key; there is no bound to the number of keys, and they may tell about people
     */
    public String key() {
        return key;
    }

    /**
     * Where the lock is kept.
     *
     * @return the store's short name
     */
    public String store() {
        return store;
    }

    /**
     * How the acquisition ended.
     *
     * @return empty until it has
     */
    public Optional<Outcome> outcome() {
        return outcome;
    }

    void ended(Outcome how) {
        outcome = Optional.of(how);
    }
}
