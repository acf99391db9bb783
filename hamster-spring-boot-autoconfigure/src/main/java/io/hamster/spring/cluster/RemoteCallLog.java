package io.hamster.spring.cluster;

import io.hamster.TimeSource;
import io.hamster.cluster.RemoteCallListener;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line at DEBUG for each side of a remote call: what, how it ended and how long it took, as keys and values. */
final class RemoteCallLog implements RemoteCallListener {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteCallLog.class);

    private final TimeSource time;

    RemoteCallLog(TimeSource time) {
        this.time = time;
    }

    @Override
    public Outgoing calling(String node, String function, Map<String, String> headers) {
        return (took, error) -> LOG.debug(
                "operation=call function={} node={} outcome={} duration={}",
                function,
                node,
                RemoteCallOutcome.of(error),
                took);
    }

    @Override
    public Incoming running(String caller, String function, Map<String, String> headers) {
        long began = time.nanoTime();
        return error -> LOG.debug(
                "operation=run function={} caller={} outcome={} duration={}",
                function,
                caller,
                RemoteCallOutcome.ofFunction(error),
                Duration.ofNanos(time.nanoTime() - began));
    }
}
