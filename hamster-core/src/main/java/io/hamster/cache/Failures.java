package io.hamster.cache;

/** What the application's code failed with. The text of such a failure is its code, too, and may fail itself. */
final class Failures {

    private Failures() {}

    /** The failure, or if it can't be asked for its text one from the same place that names its class. */
    static Throwable telling(Throwable failure) {
        if (hasText(failure)) {
            return failure;
        }
        Throwable instead = new IllegalStateException("a " + failure.getClass().getName() + " that has no text");
        instead.setStackTrace(failure.getStackTrace());
        return instead;
    }

    private static boolean hasText(Throwable failure) {
        try {
            // The log asks for both.
            failure.getMessage();
            return failure.toString() != null;
        } catch (Throwable e) {
            return false;
        }
    }
}
