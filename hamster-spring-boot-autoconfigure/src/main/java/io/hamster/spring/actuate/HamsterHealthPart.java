package io.hamster.spring.actuate;

import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * One concern's part of the health contributor {@code hamster}. A bean of this type instead of a {@link HealthIndicator}
 * keeps the part from appearing a second time at the top.
 *
 * @param name the part's name: {@code locks}, {@code caches}, {@code peers} or {@code cluster}
 * @param indicator answers from what it knows already and never waits for a store or a network
 */
public record HamsterHealthPart(String name, HealthIndicator indicator) {}
