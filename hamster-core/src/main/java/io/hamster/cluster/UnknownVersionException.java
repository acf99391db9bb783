package io.hamster.cluster;

/** A message is of a format that this release doesn't know. Internal: becomes a reply or another exception. */
final class UnknownVersionException extends ClusterException {

    UnknownVersionException(String message) {
        super(message);
    }
}
