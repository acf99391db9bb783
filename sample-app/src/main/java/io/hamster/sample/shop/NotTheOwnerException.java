package io.hamster.sample.shop;

/** A request was handed over to another instance than this one, and arrived here. */
class NotTheOwnerException extends RuntimeException {

    NotTheOwnerException(String self) {
        super("The request was handed over to another instance than " + self
                + ", which got it. Check hamster.hash.peers and shop.instance.");
    }
}
