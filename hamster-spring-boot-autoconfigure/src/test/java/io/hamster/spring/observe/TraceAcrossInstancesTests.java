package io.hamster.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A request at one instance that makes another work is one trace. */
@RedisTest
class TraceAcrossInstancesTests {

    private static Instances instances;

    @BeforeAll
    static void start(RedisDeployment redis) {
        instances = Instances.start(redis);
    }

    @BeforeEach
    void forget() {
        instances.spans().reset();
    }

    @AfterAll
    static void close() {
        instances.close();
    }

    @Test
    void holdsTheLockTheLoadAndTheRunAtTheOtherInstanceAsOneTree() throws Exception {
        assertThat(instances.get("/orders/17")).isEqualTo("quote 17");

        List<SpanData> spans = finished(6);
        SpanData request = named(spans, "http get /orders/{id}");
        SpanData load = named(spans, "cache load");
        SpanData call = named(spans, "quote call");
        SpanData run = named(spans, "quote run");
        assertThat(request.getParentSpanContext().isValid()).isFalse();
        assertChild(request, named(spans, "lock acquire"));
        assertChild(request, load);
        assertChild(load, call);
        assertChild(call, run);
        assertChild(run, named(spans, "calculate"));
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(request.getTraceId());
        assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(run.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(run.getParentSpanContext().isRemote()).isTrue();
        assertThat(spans)
                .allSatisfy(span -> assertThat(span.getAttributes().toString()).doesNotContain("order:"));
    }

    @Test
    void holdsLoadsThatRunOnOtherThreads() throws Exception {
        assertThat(instances.get("/background/1")).isEqualTo("background 1");
        List<SpanData> spans = finished(2);
        assertChild(named(spans, "http get /background/{id}"), named(spans, "cache load"));
        instances.spans().reset();

        // The shared tier's answer comes on a thread of Redis' client.
        assertThat(instances.get("/later/1")).isEqualTo("later 1");
        spans = finished(2);
        assertChild(named(spans, "http get /later/{id}"), named(spans, "cache load"));
    }

    @Test
    void isNotBegunByWhatHamsterDoesByItself() throws Exception {
        assertThat(instances.get("/later/2")).isEqualTo("later 2");

        // Elections, announcements, heartbeats and renewals have all been made meanwhile.
        assertThat(finished(2)).extracting(SpanData::getName).containsOnly("http get /later/{id}", "cache load");
    }

    private List<SpanData> finished(int count) {
        // A request's own span ends after its answer has been sent.
        await().untilAsserted(() ->
                assertThat(instances.spans().getFinishedSpanItems()).hasSize(count));
        return instances.spans().getFinishedSpanItems();
    }

    private static SpanData named(List<SpanData> spans, String name) {
        assertThat(spans).extracting(SpanData::getName).containsOnlyOnce(name);
        return spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void assertChild(SpanData parent, SpanData child) {
        assertThat(child.getTraceId()).isEqualTo(parent.getTraceId());
        assertThat(child.getParentSpanId()).as("parent of " + child.getName()).isEqualTo(parent.getSpanId());
    }
}
