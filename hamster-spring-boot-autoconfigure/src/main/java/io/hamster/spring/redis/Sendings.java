package io.hamster.spring.redis;

/**
 * How often a command may have been carried out. Lettuce sends one again that wasn't answered when its connection broke,
 * also in a cluster, of whose connections it tells nobody. An error means that the sending before it did nothing: a
 * redirection, or a script that the server didn't know.
 */
final class Sendings {

    private volatile boolean unanswered;
    private volatile boolean twice;

    void sent() {
        if (unanswered) {
            twice = true;
        }
        unanswered = true;
    }

    void refused() {
        unanswered = false;
    }

    /** Whether it was sent while an earlier sending may have reached the server. */
    boolean areTwice() {
        return twice;
    }
}
