package io.hamster.spring.console;

import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the console.
 *
 * @param enabled Whether the console is served at /hamster, next to the Actuator endpoints.
 * @param pollInterval How often an open console asks the endpoints; 1s to 1h.
 */
@ConfigurationProperties("hamster.console")
public record HamsterConsoleProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("5s") Duration pollInterval) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    /**
     * Checks the values.
     *
     * @param enabled any
     * @param pollInterval one second to one hour
     * @throws HamsterConfigurationException if the interval is out of range
     */
    public HamsterConsoleProperties {
        if (pollInterval.compareTo(SHORTEST) < 0 || pollInterval.compareTo(LONGEST) > 0) {
            throw new HamsterConfigurationException(
                    "hamster.console.poll-interval is " + pollInterval + ", which is out of range.", "Give 1s to 1h.");
        }
    }
}
