package io.hamster.singleflight;

import io.hamster.HamsterException;

/**
 * The work that this caller waited for failed in the caller that ran it. The cause is what the work threw, an
 * {@link Error} included. The next call for the key starts anew.
 */
public final class SingleflightException extends HamsterException {

    SingleflightException(Throwable cause) {
        super("The shared work failed in the caller that ran it (" + cause + "); call again to start it anew", cause);
    }
}
