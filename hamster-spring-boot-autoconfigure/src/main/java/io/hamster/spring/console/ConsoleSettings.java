package io.hamster.spring.console;

import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.json.JsonWriter;

/**
 * What the server tells the page: which of the endpoints it knows are exposed, where they are below the page's own root,
 * and which methods of HTTP they take. The page shows an action only where its method is among them.
 */
final class ConsoleSettings {

    static final List<String> ENDPOINTS =
            List.of("hamster", "hamsterlocks", "hamstercaches", "hamsterring", "hamstercluster");

    private static final JsonWriter<Map<String, Object>> WRITER = JsonWriter.standard();

    private final String application;
    private final Duration pollInterval;
    private final PathMappedEndpoints paths;

    ConsoleSettings(String application, Duration pollInterval, PathMappedEndpoints paths) {
        this.application = application;
        this.pollInterval = pollInterval;
        this.paths = paths;
    }

    List<String> exposed() {
        return ENDPOINTS.stream()
                .filter(id -> paths.getPath(EndpointId.of(id)) != null)
                .toList();
    }

    /**
     * Refuses an endpoint, or the list of all, where the page is: Actuator's would answer instead of it.
     *
     * @param listsEndpoints whether Actuator has a page with links to its endpoints
     */
    void requireAway(String page, boolean listsEndpoints) {
        if (listsEndpoints && page.equals(paths.getBasePath())) {
            throw new HamsterConfigurationException(
                    "hamster.console.enabled is true, but management.endpoints.web.base-path is " + page
                            + ", so that Actuator lists its endpoints where the console would be",
                    "Set another management.endpoints.web.base-path, or have no list:"
                            + " management.endpoints.web.discovery.enabled=false");
        }
        for (String id : ENDPOINTS) {
            if (page.equals(paths.getPath(EndpointId.of(id)))) {
                throw new HamsterConfigurationException(
                        "hamster.console.enabled is true, but the Actuator endpoint '" + id + "' is at " + page
                                + " already, where the console would be",
                        "Give the endpoint another path, for instance management.endpoints.web.path-mapping." + id + "="
                                + id + "-endpoint, or set another management.endpoints.web.base-path");
            }
        }
    }

    String json() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("application", application);
        settings.put("pollMillis", pollInterval.toMillis());
        settings.put("endpoints", endpoints());
        return WRITER.writeToString(settings);
    }

    private Map<String, Object> endpoints() {
        Map<String, Object> byId = new LinkedHashMap<>();
        for (String name : ENDPOINTS) {
            EndpointId id = EndpointId.of(name);
            String path = paths.getPath(id);
            if (path != null) {
                byId.put(name, Map.of("path", path, "methods", methods(id)));
            }
        }
        return byId;
    }

    private List<String> methods(EndpointId id) {
        return Stream.ofNullable(paths.getEndpoint(id))
                .filter(ExposableWebEndpoint.class::isInstance)
                .map(ExposableWebEndpoint.class::cast)
                .flatMap(endpoint -> endpoint.getOperations().stream())
                .map(operation ->
                        operation.getRequestPredicate().getHttpMethod().name())
                .collect(() -> new TreeSet<String>(), TreeSet::add, TreeSet::addAll)
                .stream()
                .toList();
    }
}
