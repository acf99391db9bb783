package io.hamster.spring.lock;

import io.hamster.lock.LockUnavailableException;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** The endpoint's answers as statuses of HTTP: 404 for a lock that nobody holds, 503 if the store doesn't answer. */
@EndpointWebExtension(endpoint = HamsterLocksEndpoint.class)
public final class HamsterLocksWebExtension {

    private final HamsterLocksEndpoint endpoint;

    HamsterLocksWebExtension(HamsterLocksEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Lists held locks.
     *
     * @param limit the most to list, 1 to 10000; 100 if null
     * @param key lists only the lock of this key, if anyone holds it; null for all
     * @return 200 or 503
     */
    @ReadOperation
    public WebEndpointResponse<Object> locks(@Nullable Integer limit, @Nullable String key) {
        return answered(() -> new WebEndpointResponse<>(endpoint.locks(limit, key)));
    }

    /**
     * Describes one lock.
     *
     * @param key its key, or what the list shows for it
     * @return 200, 404 or 503
     */
    @ReadOperation
    public WebEndpointResponse<Object> lock(@Selector(match = Match.ALL_REMAINING) String... key) {
        return answered(() -> {
            HamsterLocksEndpoint.LockDescriptor lock = endpoint.lock(key);
            return lock == null
                    ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                    : new WebEndpointResponse<>(lock);
        });
    }

    /**
     * Takes a lock away from its holder.
     *
     * @param key its key, or what the list shows for it
     * @return 204, 404 or 503
     */
    @DeleteOperation
    public WebEndpointResponse<Object> release(@Selector(match = Match.ALL_REMAINING) String... key) {
        return released(() -> endpoint.release(key));
    }

    /**
     * Takes a lock away from its holder, whatever characters are in its key.
     *
     * @param id its id in the list
     * @return 204, 404 or 503
     */
    @DeleteOperation
    public WebEndpointResponse<Object> releaseById(String id) {
        return released(() -> endpoint.releaseById(id));
    }

    private static WebEndpointResponse<Object> released(BooleanSupplier operation) {
        return answered(() -> new WebEndpointResponse<>(
                operation.getAsBoolean()
                        ? WebEndpointResponse.STATUS_NO_CONTENT
                        : WebEndpointResponse.STATUS_NOT_FOUND));
    }

    private static WebEndpointResponse<Object> answered(Supplier<WebEndpointResponse<Object>> answer) {
        try {
            return answer.get();
        } catch (LockUnavailableException e) {
            return new WebEndpointResponse<>(
                    Map.of("error", String.valueOf(e.getMessage())), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }
}
