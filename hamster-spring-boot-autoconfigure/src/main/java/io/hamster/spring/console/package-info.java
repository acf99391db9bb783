/**
 * The console: one static page over the Actuator endpoints, served where they are.
 *
 * <p>The server gives the page's files and, as {@code settings.json}, where the endpoints are and which requests they
 * take. Everything else the page asks the endpoints for, so that their exposure, their access and the application's
 * security decide what it shows and may do.
 */
@NullMarked
package io.hamster.spring.console;

import org.jspecify.annotations.NullMarked;
