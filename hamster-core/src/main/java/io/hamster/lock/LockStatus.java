package io.hamster.lock;

import java.time.Duration;
import java.time.Instant;

/**
 * A lock that is held, as its store sees it.
 *
 * @param key its key
 * @param owner name of the instance that holds it
 * @param fence fencing number of the grant
 * @param acquiredAt when it was granted, by the store's clock
 * @param remaining how long its lease still runs if nobody renews it; &gt; 0
 */
public record LockStatus(String key, String owner, long fence, Instant acquiredAt, Duration remaining) {}
