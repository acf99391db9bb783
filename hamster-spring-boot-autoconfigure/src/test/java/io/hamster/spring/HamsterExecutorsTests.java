package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class HamsterExecutorsTests {

    @Test
    void aThreadPerTaskIsNeverUsedTwice() throws Exception {
        List<Thread> made = new ArrayList<>();
        ThreadFactory daemons = HamsterExecutors.threads("test-");
        ThreadFactory recording = work -> {
            Thread thread = daemons.newThread(work);
            made.add(thread);
            return thread;
        };
        try (HamsterExecutors executors = HamsterExecutors.threadPerTask(recording, UnaryOperator.identity())) {
            for (int i = 0; i < 2; i++) {
                CompletableFuture<Thread> ran = new CompletableFuture<>();
                executors.executor().execute(() -> ran.complete(Thread.currentThread()));
                assertThat(ran.get(10, TimeUnit.SECONDS)).isSameAs(made.get(i));
                made.get(i).join(TimeUnit.SECONDS.toMillis(10));
                assertThat(made.get(i).isAlive()).isFalse();
            }
        }
        assertThat(made).hasSize(2);
    }
}
