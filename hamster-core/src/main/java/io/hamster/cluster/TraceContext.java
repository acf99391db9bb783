package io.hamster.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/** The trace id of a call: read from W3C headers, and put into the logging context while a function runs. */
final class TraceContext {

    private static final String MDC_KEY = "traceId";

    /** <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context, traceparent</a>. */
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    private TraceContext() {}

    static <T> T within(String traceId, Callable<T> work) throws Exception {
        if (MDC.get(MDC_KEY) != null) {
            // A tracing library has set it and knows better.
            return work.call();
        }
        MDC.put(MDC_KEY, traceId);
        try {
            return work.call();
        } finally {
            MDC.remove(MDC_KEY);
        }
    }

    static Optional<String> traceId(Map<String, String> headers) {
        String value = headers.get("traceparent");
        if (value == null) {
            return Optional.empty();
        }
        Matcher matcher = TRACEPARENT.matcher(value);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
