package io.hamster.spring.actuate;

import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * One concern's part of the health contributor {@code hamster}. A bean of this type instead of a {@link HealthIndicator}
 * keeps the part from appearing a second time at the top.
 *
 * @param name the part's name: {@code locks}, {@code caches}, {@code peers} or {@code cluster}
 * @param indicator answers from what it knows already and never waits for a store or a network
 */
public record HamsterHealthPart(String name, HealthIndicator indicator) {

    /** Worse than up and better than down: the application serves, with less than it could have. HTTP answers 200. */
    public static final Status DEGRADED = new Status("DEGRADED");
}
