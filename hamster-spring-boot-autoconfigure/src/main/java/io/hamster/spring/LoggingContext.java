package io.hamster.spring;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the logging context to another thread. Done here rather than by an accessor in Micrometer's registry, which is
 * the whole JVM's: what else goes by that is the application's to say.
 */
final class LoggingContext {

    private LoggingContext() {}

    /** The work with the present context, after which its thread has its own again. */
    static Runnable carrying(Runnable task) {
        Map<String, String> callers = MDC.getCopyOfContextMap();
        return () -> {
            Map<String, String> own = MDC.getCopyOfContextMap();
            set(callers);
            try {
                task.run();
            } finally {
                set(own);
            }
        };
    }

    private static void set(@Nullable Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }
}
