package io.hamster.cluster.raft;

import java.util.Locale;
import org.jgroups.logging.Slf4jLogImpl;
import org.slf4j.Logger;

/** JGroups complains of every connection that ends badly, as anybody can make them do; whatever matters is said once, here. */
final class SubduedLog extends Slf4jLogImpl {

    SubduedLog(Logger log) {
        super(Locale.ROOT, log);
    }

    @Override
    public void error(String message) {
        debug(message);
    }

    @Override
    public void error(String format, Object... arguments) {
        debug(format, arguments);
    }

    @Override
    public void error(String message, Throwable error) {
        debug(message, error);
    }

    @Override
    public void warn(String message) {
        debug(message);
    }

    @Override
    public void warn(String format, Object... arguments) {
        debug(format, arguments);
    }

    @Override
    public void warn(String message, Throwable error) {
        debug(message, error);
    }
}
