package io.hamster.spring.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What Hamster adds to web applications.
 *
 * @param problemDetails Answers to requests that end with an exception of Hamster.
 */
@ConfigurationProperties("hamster.web")
public record HamsterWebProperties(@DefaultValue ProblemDetails problemDetails) {

    /**
     * Answers to requests that end with an exception of Hamster.
     *
     * @param enabled Whether such requests are answered with a status and a problem detail (RFC 9457) of their own, unless
     *     the application handles the exception itself. Otherwise they are answered like any other failure, with 500.
     */
    public record ProblemDetails(@DefaultValue("false") boolean enabled) {}
}
