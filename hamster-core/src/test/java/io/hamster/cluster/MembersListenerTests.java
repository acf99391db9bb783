package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is told of members and when; the test runs what the cluster hands to its executor. */
class MembersListenerTests {

    private static final Node A = Node.of("a", "127.0.0.1", 1);
    private static final Node B = Node.of("b", "127.0.0.1", 2);

    private final ManualTime time = new ManualTime();
    private final ScriptedTransport transport = new ScriptedTransport(A, B);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final List<List<String>> told = new ArrayList<>();
    private final MembersListener listener = members -> told.add(members.alive());
    private boolean closing;
    private boolean noThread;

    private final Cluster cluster = Cluster.builder(A, new ScriptedElector(), transport)
            .time(time)
            .scheduler(time.scheduler())
            .executor(task -> {
                if (noThread) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                if (closing) {
                    task.run();
                } else {
                    work.add(task);
                }
            })
            .build();

    @AfterEach
    void close() {
        closing = true;
        runAll();
        cluster.close();
    }

    @Test
    void tellsTheMembersAtTheStartAndAfterEachChange() {
        cluster.addMembersListener(listener);
        runAll();
        assertThat(told).isEmpty();

        cluster.start();
        runAll();
        transport.alive("a");
        runAll();

        assertThat(told).containsExactly(List.of("a", "b"), List.of("a"));
    }

    @Test
    void tellsOneThatIsAddedLateTheMembersOfNow() {
        cluster.start();
        transport.alive("a");

        cluster.addMembersListener(listener);
        runAll();

        assertThat(told).containsExactly(List.of("a"));
    }

    @Test
    void neverLosesTheLastOfManyChanges() {
        cluster.addMembersListener(listener);
        cluster.start();
        transport.alive("a");
        transport.alive("a", "b");
        transport.alive("a");
        runAll();

        assertThat(told).containsExactly(List.of("a"));
    }

    @Test
    void tellsAgainWhatChangesWhileItTells() {
        cluster.start();
        cluster.addMembersListener(members -> {
            told.add(members.alive());
            if (told.size() == 1) {
                transport.alive("a");
            }
        });
        runAll();

        assertThat(told).containsExactly(List.of("a", "b"), List.of("a"));
    }

    @Test
    void tellsNothingToOneThatWasRemoved() {
        cluster.addMembersListener(listener);
        cluster.start();
        cluster.removeMembersListener(listener);
        runAll();

        assertThat(told).isEmpty();
    }

    @Test
    void tellsAChangeLaterForWhichThereWasNoThread() {
        cluster.start();
        cluster.addMembersListener(listener);
        runAll();
        noThread = true;
        transport.alive("a");

        noThread = false;
        time.advance(Duration.ofSeconds(1));
        runAll();

        assertThat(told).containsExactly(List.of("a", "b"), List.of("a"));
    }

    @Test
    void survivesOneThatThrows() {
        survives(() -> {
            throw new IllegalStateException("by the test");
        });
    }

    @Test
    void survivesOneThatFailsWithAnError() {
        survives(() -> {
            throw new NoClassDefFoundError("by the test");
        });
    }

    private void survives(Runnable failure) {
        cluster.start();
        cluster.addMembersListener(members -> {
            told.add(members.alive());
            failure.run();
        });
        runAll();
        transport.alive("a");
        runAll();

        assertThat(told).containsExactly(List.of("a", "b"), List.of("a"));
    }

    private void runAll() {
        for (Runnable next = work.poll(); next != null; next = work.poll()) {
            next.run();
        }
    }
}
