package io.hamster.spring.hash.cloud;

import io.hamster.spring.HamsterConfigurationException;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The ring as a Spring Cloud load balancer.
 *
 * @param enabled Whether Spring Cloud LoadBalancer's clients choose instances by consistent hashing.
 * @param header Request header whose value is the key; requests without it go to the instances in turn.
 * @param services Services to balance that way; all of them if empty.
 */
@ConfigurationProperties("hamster.hash.load-balancer")
public record HamsterLoadBalancerProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("X-Hash-Key") String header,
        @DefaultValue List<String> services) {

    /**
     * Checks the values.
     *
     * @param enabled whether instances are chosen by consistent hashing
     * @param header not blank
     * @param services names of services
     */
    public HamsterLoadBalancerProperties {
        if (header.isBlank()) {
            throw new HamsterConfigurationException(
                    "hamster.hash.load-balancer.header is blank.", "Name the request header that holds the key.");
        }
        services = List.copyOf(services);
    }

    boolean isFor(String serviceId) {
        return services.isEmpty() || services.contains(serviceId);
    }
}
