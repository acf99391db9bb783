/**
 * Caches in Spring Boot: the client and its policies from properties, {@code @Cached} and its companions, Spring's own
 * caching, meters and health.
 *
 * <p>Each annotated method is read once into a {@link io.hamster.spring.cache.MethodPlan}, at start by the rule that
 * refuses broken ones, so a call only evaluates. What a transaction changes goes through
 * {@link io.hamster.spring.cache.CacheTransactions}, for annotations and for Spring's {@code Cache} alike. Caches are
 * looked up when first needed: making them touches the user's loader beans.
 *
 * <p>A shared cache's policy has to say of what type its values are, which {@link io.hamster.spring.cache.CacheValueTypes}
 * learns from methods and beans before the cache is made. What methods change goes through
 * {@link io.hamster.spring.cache.CacheChanges}: the one place that knows what a shared tier that is away means to a
 * method, and which threads mustn't wait for it.
 */
@NullMarked
package io.hamster.spring.cache;

import org.jspecify.annotations.NullMarked;
