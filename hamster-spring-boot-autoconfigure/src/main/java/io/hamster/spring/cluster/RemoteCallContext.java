package io.hamster.spring.cluster;

import io.hamster.spring.TimedAlready;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.Map;
import java.util.Optional;

/**
 * What an observation knows of a remote call, on the calling side. Its carrier is what travels with the call. Not
 * thread-safe, as Micrometer's contexts aren't.
 */
public final class RemoteCallContext extends SenderContext<Map<String, String>> implements TimedAlready {

    private final String node;
    private final String function;
    private Optional<String> outcome = Optional.empty();

    RemoteCallContext(String node, String function, Map<String, String> headers) {
        super((carrier, name, value) -> headers.put(name, value), Kind.CLIENT);
        this.node = node;
        this.function = function;
        setCarrier(headers);
        setRemoteServiceName(node);
    }

    /**
     * Where the call goes.
     *
     * @return the called node's name
     */
    public String node() {
        return node;
    }

    /**
     * What is called.
     *
     * @return the function's name
     */
    public String function() {
        return function;
    }

    /**
     * How the call ended.
     *
     * @return one of a fixed list of words, {@code ok} among them; empty until it has ended
     */
    public Optional<String> outcome() {
        return outcome;
    }

    void ended(String how) {
        outcome = Optional.of(how);
    }
}
