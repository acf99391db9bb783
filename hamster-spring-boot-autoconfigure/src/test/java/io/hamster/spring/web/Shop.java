package io.hamster.spring.web;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Ends each request with the failure that a test has chosen. */
@RestController
final class Shop {

    private final Failures failures;

    Shop(Failures failures) {
        this.failures = failures;
    }

    interface Failures {

        /** Does what fails in that way, for real. */
        void fail(String way) throws Exception;
    }

    @GetMapping("/{way}")
    String fail(@PathVariable("way") String way) throws Exception {
        failures.fail(way);
        return "done";
    }
}
