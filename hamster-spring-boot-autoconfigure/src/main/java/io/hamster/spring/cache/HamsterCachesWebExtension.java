package io.hamster.spring.cache;

import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** The endpoint's answers as statuses of HTTP: 404 for a cache or dead letter that isn't there, 503 if a store, a
 * journal or a source doesn't take or give what it should. */
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
     * @return 200, 404 or 503
     */
    @ReadOperation
    public WebEndpointResponse<Object> cache(@Selector(match = Match.ALL_REMAINING) String... name) {
        return answered(() -> {
            HamsterCachesEndpoint.CacheDescriptor cache = endpoint.cache(name);
            return cache == null
                    ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                    : new WebEndpointResponse<>(cache);
        });
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
     * @param sequence names the dead letter that is meant; if null, all of them are tried again
     * @param name its name
     * @return 204, 404 or 503
     */
    @WriteOperation
    public WebEndpointResponse<Object> act(
            HamsterCachesEndpoint.Action action,
            @Nullable Long sequence,
            @Selector(match = Match.ALL_REMAINING) String... name) {
        return done(() -> endpoint.act(action, sequence, name));
    }

    private static WebEndpointResponse<Object> done(BooleanSupplier operation) {
        return answered(() -> new WebEndpointResponse<>(
                operation.getAsBoolean()
                        ? WebEndpointResponse.STATUS_NO_CONTENT
                        : WebEndpointResponse.STATUS_NOT_FOUND));
    }

    private static WebEndpointResponse<Object> answered(Supplier<WebEndpointResponse<Object>> operation) {
        try {
            return operation.get();
        } catch (CacheStoreUnavailableException | JournalException e) {
            return unavailable(String.valueOf(e.getMessage()));
        } catch (FlushException e) {
            // Its message has the source's, in which a value may be.
            return unavailable("The source didn't take all of the cache's dirty entries; they stay in its journal");
        }
    }

    private static WebEndpointResponse<Object> unavailable(String error) {
        return new WebEndpointResponse<>(Map.of("error", error), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
}
