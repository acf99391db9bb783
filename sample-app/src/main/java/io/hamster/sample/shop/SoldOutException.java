package io.hamster.sample.shop;

/** No tickets are left. */
class SoldOutException extends RuntimeException {

    SoldOutException(Event event) {
        super("'" + event.title() + "' is sold out.");
    }
}
