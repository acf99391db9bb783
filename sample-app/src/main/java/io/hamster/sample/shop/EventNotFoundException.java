package io.hamster.sample.shop;

/** There is no event of that number. */
class EventNotFoundException extends RuntimeException {

    EventNotFoundException(long id) {
        super("There is no event " + id + ".");
    }
}
