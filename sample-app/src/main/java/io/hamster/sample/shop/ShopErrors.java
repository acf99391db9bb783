package io.hamster.sample.shop;

import io.hamster.hash.NoPeersAvailableException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockUnavailableException;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What customers are told. Both conflicts are a 409; the problem's type tells them apart. */
@RestControllerAdvice
class ShopErrors {

    @ExceptionHandler
    ProblemDetail soldOut(SoldOutException e) {
        return problem(HttpStatus.CONFLICT, "urn:shop:sold-out", e);
    }

    @ExceptionHandler
    ProblemDetail busy(LockNotAcquiredException e) {
        return problem(HttpStatus.CONFLICT, "urn:shop:busy", e);
    }

    @ExceptionHandler
    ProblemDetail unavailable(LockUnavailableException e) {
        return problem(HttpStatus.SERVICE_UNAVAILABLE, "urn:shop:unavailable", e);
    }

    @ExceptionHandler
    ProblemDetail notFound(EventNotFoundException e) {
        return problem(HttpStatus.NOT_FOUND, "urn:shop:no-such-event", e);
    }

    @ExceptionHandler
    ProblemDetail notFound(HoldNotFoundException e) {
        return problem(HttpStatus.NOT_FOUND, "urn:shop:no-such-hold", e);
    }

    @ExceptionHandler
    ProblemDetail unreachable(OwnerUnreachableException e) {
        return problem(HttpStatus.SERVICE_UNAVAILABLE, "urn:shop:owner-unreachable", e);
    }

    @ExceptionHandler
    ProblemDetail misdirected(NotTheOwnerException e) {
        return problem(HttpStatus.MISDIRECTED_REQUEST, "urn:shop:not-the-owner", e);
    }

    @ExceptionHandler
    ProblemDetail nobody(NoPeersAvailableException e) {
        return problem(HttpStatus.SERVICE_UNAVAILABLE, "urn:shop:no-owner", e);
    }

    private static ProblemDetail problem(HttpStatus status, String type, Exception e) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, e.getMessage());
        problem.setType(URI.create(type));
        return problem;
    }
}
