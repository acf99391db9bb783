package io.hamster.spring.web;

import io.hamster.HamsterException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/** Answers with a problem detail where a request ends with an exception of Hamster. */
@ControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class HamsterProblemAdvice {

    /**
     * Answers, or gives the exception back to be handled like any other.
     *
     * @param exception the outermost: where an exception of the application has one of Hamster as its cause, what it means
     *     is the application's to say
     */
    @ExceptionHandler(HamsterException.class)
    ResponseEntity<ProblemDetail> answer(Exception exception) throws Exception {
        if (!(exception instanceof HamsterException own)) {
            throw exception;
        }
        ProblemDetail problem =
                HamsterProblem.of(own).map(HamsterProblem::toDetail).orElseThrow(() -> own);
        HttpHeaders headers = new HttpHeaders();
        HamsterProblem.retryAfter(own)
                .ifPresent(delay -> headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds(delay.toMillis()))));
        return ResponseEntity.of(problem).headers(headers).build();
    }

    /** Rounded up: an attempt that comes too early fails again. */
    private static long seconds(long millis) {
        return Math.max(1, (millis + 999) / 1000);
    }
}
