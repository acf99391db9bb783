package io.hamster.spring.cluster;

import io.hamster.spring.TimedAlready;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.Map;
import java.util.Optional;

/**
 * What an observation knows of a function that another node has called. Its carrier is what travelled with the call. Not
 * thread-safe, as Micrometer's contexts aren't.
 */
public final class RemoteFunctionContext extends ReceiverContext<Map<String, String>> implements TimedAlready {

    private final String caller;
    private final String function;
    private Optional<String> outcome = Optional.empty();

    RemoteFunctionContext(String caller, String function, Map<String, String> headers) {
        super((carrier, name) -> headers.get(name), Kind.SERVER);
        this.caller = caller;
        this.function = function;
        setCarrier(headers);
        setRemoteServiceName(caller);
    }

    /**
     * Who called.
     *
     * @return the calling node's name
     */
    public String caller() {
        return caller;
    }

    /**
     * What runs.
     *
     * @return the function's name
     */
    public String function() {
        return function;
    }

    /**
     * How the function ended.
     *
     * @return {@code ok} or {@code failed}; empty until it has ended
     */
    public Optional<String> outcome() {
        return outcome;
    }

    void ended(String how) {
        outcome = Optional.of(how);
    }
}
