package io.hamster.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several listeners as one, none of which can disturb a call. */
final class CallListeners implements RemoteCallListener {

    private static final Logger log = LoggerFactory.getLogger(CallListeners.class);

    private final List<RemoteCallListener> listeners;

    CallListeners(List<RemoteCallListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public Outgoing calling(String node, String function, Map<String, String> headers) {
        List<Outgoing> watching = new ArrayList<>(listeners.size());
        for (RemoteCallListener listener : listeners) {
            Outgoing outgoing = guarded(() -> listener.calling(node, function, headers));
            if (outgoing != null) {
                watching.add(outgoing);
            }
        }
        return (Duration took, Optional<Throwable> error) -> watching.forEach(each -> guarded(() -> {
            each.finished(took, error);
            return each;
        }));
    }

    @Override
    public Incoming running(String caller, String function, Map<String, String> headers) {
        List<Incoming> watching = new ArrayList<>(listeners.size());
        for (RemoteCallListener listener : listeners) {
            Incoming incoming = guarded(() -> listener.running(caller, function, headers));
            if (incoming != null) {
                // Scopes opened here close in the reverse order.
                watching.add(0, incoming);
            }
        }
        return error -> watching.forEach(each -> guarded(() -> {
            each.finished(error);
            return each;
        }));
    }

    private static <T> @Nullable T guarded(Supplier<T> step) {
        try {
            return step.get();
        } catch (Throwable e) {
            log.warn("A remote call listener failed; the call goes on", e);
            return null;
        }
    }
}
