package io.hamster.sample.shop;

/** There is no such hold, or no longer. */
class HoldNotFoundException extends RuntimeException {

    HoldNotFoundException(long id) {
        super("There is no hold " + id + ", or it has expired or been bought.");
    }
}
