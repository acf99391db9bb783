package io.hamster.singleflight;

import io.hamster.HamsterException;
import java.time.Duration;

/** This caller gave up waiting for work that another caller still runs. The work and its other waiters go on. */
public final class SingleflightTimeoutException extends HamsterException {

    SingleflightTimeoutException(Duration timeout) {
        super("The work that another caller runs for this key wasn't done after " + timeout
                + "; wait longer, or forget the key to start it anew");
    }
}
