/**
 * The ring for Spring Cloud: a load balancer that sends requests with the same key to the same instance, as long as that
 * one is there.
 *
 * <p>Each client's instances come from Spring Cloud LoadBalancer's own supplier, with its caching, health checks and
 * zones. A new list of instances changes the client's ring by the difference; the ring is an immutable snapshot, so that
 * choosing takes no lock. The latest few are kept, as the list may depend on the request.
 */
@NullMarked
package io.hamster.spring.hash.cloud;

import org.jspecify.annotations.NullMarked;
