package io.hamster.cluster;

import io.hamster.HamsterException;
import java.util.Optional;

/**
 * What one node answered to a {@link Cluster#broadcast}.
 *
 * @param node the node's name
 * @param value the result; empty if the function returned none or failed
 * @param error what went wrong; empty if nothing did
 * @param <R> the type of the result
 */
public record CallResult<R>(String node, Optional<R> value, Optional<HamsterException> error) {

    /**
     * Whether the function ran to its end on that node.
     *
     * @return true unless there is an error
     */
    public boolean isSuccess() {
        return error.isEmpty();
    }
}
