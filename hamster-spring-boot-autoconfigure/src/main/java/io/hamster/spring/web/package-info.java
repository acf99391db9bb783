/**
 * Hamster's exceptions as problems of HTTP (RFC 9457), where an application asks for that. One advice serves Spring MVC
 * and WebFlux; it comes after the application's own, whose answers so win.
 */
@NullMarked
package io.hamster.spring.web;

import org.jspecify.annotations.NullMarked;
