package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.LeaderOnly;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.RemoteCall;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ClusterMetersTests {

    private final ScriptedEngine engine = new ScriptedEngine();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class))
            .withBean(ClusterEngine.class, () -> engine)
            .withPropertyValues(
                    "hamster.cluster.enabled=true", "hamster.cluster.mode=redis", "hamster.cluster.node-name=a");

    @Test
    void measuresLeadershipAndMembers() {
        runner.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("hamster.cluster.leader").gauge().value()).isZero();
            engine.leads(7);
            engine.transport().alive("a");

            assertThat(registry.get("hamster.cluster.leader").gauge().value()).isOne();
            assertThat(registry.get("hamster.cluster.term").gauge().value()).isEqualTo(7);
            assertThat(registry.get("hamster.cluster.nodes")
                            .tag("state", "alive")
                            .gauge()
                            .value())
                    .isOne();
            assertThat(registry.get("hamster.cluster.nodes")
                            .tag("state", "lost")
                            .gauge()
                            .value())
                    .isOne();
            await().untilAsserted(() -> assertThat(registry.get("hamster.cluster.elections")
                            .functionCounter()
                            .count())
                    .isOne());
        });
    }

    @Test
    void countsSkippedCalls() {
        runner.withBean(Job.class, Job::new).run(context -> {
            context.getBean(Job.class).run();
            context.getBean(Job.class).run();

            assertThat(context.getBean(MeterRegistry.class)
                            .get("hamster.cluster.skipped")
                            .tag("method", "Job.run")
                            .counter()
                            .count())
                    .isEqualTo(2);
        });
    }

    @Test
    void timesRemoteCallsByFunctionAndOutcome() {
        runner.run(context -> assertTimers(context.getBean(Cluster.class), context.getBean(MeterRegistry.class)));
    }

    @Test
    void timesRemoteCallsOnceWhereTheyAreObserved() {
        runner.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
                .run(context -> assertTimers(context.getBean(Cluster.class), context.getBean(MeterRegistry.class)));
    }

    @Test
    void carriesTheTraceAcross() {
        Tracing tracing = new Tracing();
        runner.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
                .withBean(Tracing.class, () -> tracing)
                .run(context -> {
                    Cluster cluster = context.getBean(Cluster.class);
                    cluster.registerFunction("trace", Void.class, none -> MDC.get("traceId"));

                    assertThat(cluster.call(RemoteCall.function("trace")
                                    .node("a")
                                    .ignoreNotReady()
                                    .build()))
                            .contains("4bf92f3577b34da6a3ce929d0e0e4736");
                    assertThat(tracing.received)
                            .containsExactly("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
                });
    }

    @Test
    void timesFunctionsWhereTheyRun() {
        runner.run(context -> {
            Cluster cluster = context.getBean(Cluster.class);
            cluster.registerFunction("echo", String.class, text -> text);
            cluster.call(RemoteCall.function("echo")
                    .node("a")
                    .argument("text")
                    .ignoreNotReady()
                    .build());

            assertThat(context.getBean(MeterRegistry.class)
                            .get("hamster.rpc.function")
                            .tags("function", "echo", "outcome", "ok")
                            .timer()
                            .count())
                    .isOne();
        });
    }

    @Test
    void logsBothSidesOfACallAtDebugAndEachChangeOfLeadershipAtInfo(CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(RemoteCallLog.class.getName(), LogLevel.DEBUG);
        logging.setLogLevel("io.hamster", LogLevel.INFO);
        try {
            runner.run(context -> {
                Cluster cluster = context.getBean(Cluster.class);
                cluster.registerFunction("echo", String.class, text -> text);
                cluster.call(RemoteCall.function("echo")
                        .node("a")
                        .argument("secret")
                        .ignoreNotReady()
                        .build());
                engine.leads(7);
                engine.elector().follows(8, "b");
                engine.elector().sawResignation(8);
            });
        } finally {
            logging.setLogLevel(RemoteCallLog.class.getName(), null);
            logging.setLogLevel("io.hamster", null);
        }

        assertThat(output)
                .containsPattern("operation=call function=echo node=a outcome=ok duration=PT")
                .containsPattern("operation=run function=echo caller=a outcome=ok duration=PT")
                .containsOnlyOnce("a leads in term 7")
                .containsOnlyOnce("a follows b in term 8")
                .containsOnlyOnce("a follows b of term 8 no longer, which has resigned")
                .doesNotContain("has lost its leader")
                .doesNotContain("secret");
    }

    private static void assertTimers(Cluster cluster, MeterRegistry registry) {
        cluster.registerFunction("echo", String.class, text -> text);
        RemoteCall.Builder<Object> call =
                RemoteCall.function("echo").node("a").argument("text").ignoreNotReady();
        cluster.call(call.build());
        cluster.call(call.build());
        cluster.callAsync(call.node("b").timeout(Duration.ofMillis(1)).build())
                .handle((value, error) -> error)
                .join();
        cluster.callAsync(call.node("c").build())
                .handle((value, error) -> error)
                .join();

        await().untilAsserted(() -> {
            assertThat(timer(registry, "ok").count()).isEqualTo(2);
            assertThat(timer(registry, "timeout").count()).isOne();
            assertThat(timer(registry, "unknown_node").count()).isOne();
        });
    }

    private static Timer timer(MeterRegistry registry, String outcome) {
        return registry.get("hamster.rpc")
                .tag("function", "echo")
                .tag("outcome", outcome)
                .timer();
    }

    static class Job {

        @LeaderOnly
        public void run() {}
    }

    /** Does what tracing bridges do: writes the trace into the carrier on one side and reads it on the other. */
    static final class Tracing implements ObservationHandler<Observation.Context> {

        private final List<String> received = new CopyOnWriteArrayList<>();

        @Override
        public void onStart(Observation.Context context) {
            if (context instanceof SenderContext<?> sender) {
                send(sender);
            } else if (context instanceof ReceiverContext<?> receiver) {
                received.add(receive(receiver));
            }
        }

        private static <C> void send(SenderContext<C> sender) {
            sender.getSetter()
                    .set(sender.getCarrier(), "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        }

        private static <C> String receive(ReceiverContext<C> receiver) {
            return receiver.getGetter().get(receiver.getCarrier(), "traceparent");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }
}
