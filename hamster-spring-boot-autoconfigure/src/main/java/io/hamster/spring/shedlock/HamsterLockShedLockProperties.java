package io.hamster.spring.shedlock;

import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockRequest;
import io.hamster.spring.HamsterConfigurationException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Locks as ShedLock's lock provider.
 *
 * @param enabled Whether there is a lock provider for ShedLock, unless the application has one.
 * @param prefix Put before each name of a lock; with it, a name has at most 200 bytes of UTF-8.
 */
@ConfigurationProperties("hamster.lock.shedlock")
public record HamsterLockShedLockProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("shedlock:") String prefix) {

    /**
     * Checks the values.
     *
     * @param enabled any
     * @param prefix less than 200 bytes without control characters
     * @throws HamsterConfigurationException if the prefix can't begin a lock's key
     */
    public HamsterLockShedLockProperties {
        try {
            LockRequest.of(prefix + "n");
        } catch (InvalidLockKeyException e) {
            throw new HamsterConfigurationException(
                    "hamster.lock.shedlock.prefix can't begin a lock's key: " + e.getMessage() + ".",
                    "Give less than 200 bytes of UTF-8 without control characters.",
                    e);
        }
    }
}
