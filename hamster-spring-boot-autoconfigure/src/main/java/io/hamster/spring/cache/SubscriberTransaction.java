package io.hamster.spring.cache;

import java.util.function.Supplier;

/** Tells a cache that it is asked inside a subscriber's transaction, of which the thread knows nothing. */
final class SubscriberTransaction {

    private static final ThreadLocal<Boolean> ASKING = new ThreadLocal<>();

    private SubscriberTransaction() {}

    /** Whether this thread is asking so. */
    static boolean isAsking() {
        return ASKING.get() != null;
    }

    static <T> T ask(Supplier<T> question) {
        ASKING.set(true);
        try {
            return question.get();
        } finally {
            ASKING.remove();
        }
    }
}
