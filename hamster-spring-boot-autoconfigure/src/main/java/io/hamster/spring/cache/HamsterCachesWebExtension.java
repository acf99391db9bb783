package io.hamster.spring.cache;

import io.hamster.cache.store.CacheStoreUnavailableException;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** The endpoint's answers as statuses of HTTP: 404 for a cache that isn't there, 503 if its store doesn't answer. */
@EndpointWebExtension(endpoint = HamsterCachesEndpoint.class)
public final class HamsterCachesWebExtension {

    private final HamsterCachesEndpoint endpoint;

    HamsterCachesWebExtension(HamsterCachesEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Describes one cache.
     *
     * @param name its name
     * @return 200 or 404
     */
    @ReadOperation
    public WebEndpointResponse<Object> cache(@Selector(match = Match.ALL_REMAINING) String... name) {
        HamsterCachesEndpoint.CacheDescriptor cache = endpoint.cache(name);
        return cache == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(cache);
    }

    /**
     * Empties a cache.
     *
     * @param name its name
     * @return 204, 404 or 503
     */
    @DeleteOperation
    public WebEndpointResponse<Object> clear(@Selector(match = Match.ALL_REMAINING) String... name) {
        return done(() -> endpoint.clear(name));
    }

    /**
     * Has a cache do something.
     *
     * @param action what
     * @param name its name
     * @return 204, 404 or 503
     */
    @WriteOperation
    public WebEndpointResponse<Object> act(
            HamsterCachesEndpoint.Action action, @Selector(match = Match.ALL_REMAINING) String... name) {
        return done(() -> endpoint.act(action, name));
    }

    private static WebEndpointResponse<Object> done(BooleanSupplier operation) {
        try {
            return new WebEndpointResponse<>(
                    operation.getAsBoolean()
                            ? WebEndpointResponse.STATUS_NO_CONTENT
                            : WebEndpointResponse.STATUS_NOT_FOUND);
        } catch (CacheStoreUnavailableException e) {
            return new WebEndpointResponse<>(
                    Map.of("error", String.valueOf(e.getMessage())), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }
}
