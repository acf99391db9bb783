package io.hamster.cluster.raft;

import java.io.IOException;

/** Bytes are in a format that another release of Hamster wrote, or are no such thing at all. */
final class UnknownFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    UnknownFormatException(String message) {
        super(message);
    }
}
