package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Connections that can't be made at first; everything runs on this thread. */
class ReconnectingTests {

    private static final Duration A_WHILE = Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();
    private Runnable inTheConnector = () -> {};
    private Runnable inTheExecutor = () -> {};

    private final Reconnecting<StatefulConnection<String, String>> line = new Reconnecting<>(
            "test",
            () -> {
                inTheConnector.run();
                return openConnection();
            },
            connection -> {},
            time.scheduler(),
            task -> {
                inTheExecutor.run();
                task.run();
            });

    @Test
    void triesOnAfterAFailure() {
        inTheConnector = () -> {
            throw new IllegalStateException("connection refused");
        };

        assertConnectsOnceItCan();
    }

    @Test
    void triesOnAfterAnError() {
        inTheConnector = () -> {
            throw new NoClassDefFoundError("by the test");
        };

        assertConnectsOnceItCan();
    }

    @Test
    void triesOnWhereThereWasNoThread() {
        inTheExecutor = () -> {
            throw new OutOfMemoryError("unable to create native thread");
        };

        assertConnectsOnceItCan();
    }

    private void assertConnectsOnceItCan() {
        line.start();
        time.advance(A_WHILE);
        assertThat(line.current()).isNull();

        inTheConnector = () -> {};
        inTheExecutor = () -> {};
        time.advance(A_WHILE);

        assertThat(line.current()).isNotNull();
        line.stop();
    }

    /** Open, and nothing else. */
    @SuppressWarnings("unchecked")
    private static StatefulConnection<String, String> openConnection() {
        return (StatefulConnection<String, String>) Proxy.newProxyInstance(
                ReconnectingTests.class.getClassLoader(),
                new Class<?>[] {StatefulRedisConnection.class},
                (proxy, method, arguments) -> method.getReturnType() == boolean.class ? true : null);
    }
}
