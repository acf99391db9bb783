package io.hamster.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The trace id of a call: read from W3C headers or else from B3's, and put into the logging context while a function runs. */
final class TraceContext {

    private static final String MDC_KEY = "traceId";

    /** <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context, traceparent</a>. */
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    /** <a href="https://github.com/openzipkin/b3-propagation">B3</a>, in one header, and in a header of its own. */
    private static final Pattern B3 = Pattern.compile("([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(?:-.*)?");

    private static final Pattern B3_TRACE_ID = Pattern.compile("([0-9a-f]{32}|[0-9a-f]{16})");

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
        return read(headers.get("traceparent"), TRACEPARENT)
                .or(() -> read(headers.get("b3"), B3))
                .or(() -> read(headers.get("X-B3-TraceId"), B3_TRACE_ID));
    }

    private static Optional<String> read(@Nullable String value, Pattern header) {
        if (value == null) {
            return Optional.empty();
        }
        Matcher matcher = header.matcher(value);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
