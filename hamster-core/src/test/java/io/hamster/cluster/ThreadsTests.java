package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThreadsTests {

    @Test
    void hasTheThreadOfItsSchedulerFromTheStart() {
        Threads threads = new Threads("early", null, null);

        threads.open();

        try {
            assertThat(Thread.getAllStackTraces().keySet())
                    .anyMatch(thread -> thread.getName().equals("early-1"));
        } finally {
            threads.close();
        }
    }
}
