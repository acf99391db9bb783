package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceContextTests {

    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    @ParameterizedTest
    @CsvSource({
        "traceparent, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 4bf92f3577b34da6a3ce929d0e0e4736",
        "b3, 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1, 4bf92f3577b34da6a3ce929d0e0e4736",
        "b3, a3ce929d0e0e4736-00f067aa0ba902b7, a3ce929d0e0e4736",
        "X-B3-TraceId, 4bf92f3577b34da6a3ce929d0e0e4736, 4bf92f3577b34da6a3ce929d0e0e4736",
        "X-B3-TraceId, a3ce929d0e0e4736, a3ce929d0e0e4736"
    })
    void readsTheTraceIdOfEitherKindOfHeader(String header, String value, String traceId) {
        assertThat(TraceContext.traceId(Map.of(header, value))).contains(traceId);
    }

    @ParameterizedTest
    @CsvSource({"traceparent, rubbish", "b3, 0", "X-B3-TraceId, ../../etc", "uber-trace-id, 4bf92f3577b34da6:1:0:1"})
    void readsNothingElse(String header, String value) {
        assertThat(TraceContext.traceId(Map.of(header, value))).isEmpty();
    }

    @Test
    void w3cComesFirst() {
        assertThat(TraceContext.traceId(
                        Map.of("X-B3-TraceId", "a3ce929d0e0e4736", "traceparent", "00-" + ID + "-00f067aa0ba902b7-01")))
                .contains(ID);
    }
}
