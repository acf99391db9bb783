package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.cluster.raft.LeadershipPart.Register;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeadershipPartTests {

    private static final UUID ONE = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);

    private final LeadershipPart part = new LeadershipPart(TimeSource.system());

    @Test
    void takesABeatOfItsOwnTermOnly() {
        assertThat(apply(3, LeadershipPart.beat(register("a", ONE, 3, 1, 100)))).isTrue();
        assertThat(apply(4, LeadershipPart.beat(register("a", ONE, 3, 2, 100)))).isFalse();
        assertThat(apply(3, LeadershipPart.beat(register("a", ONE, 4, 3, 100)))).isFalse();

        assertThat(part.register()).contains(register("a", ONE, 3, 1, 100));
    }

    @Test
    void takesABeatThoughNobodyCanBeToldOfIt() {
        part.onAccepted(() -> {
            throw new OutOfMemoryError("unable to create native thread");
        });

        assertThat(apply(3, LeadershipPart.beat(register("a", ONE, 3, 1, 100)))).isTrue();

        assertThat(part.register()).contains(register("a", ONE, 3, 1, 100));
    }

    @Test
    void keepsTheLongestLeaseOfAProcess() {
        apply(3, LeadershipPart.beat(register("a", ONE, 3, 1, 500)));
        apply(3, LeadershipPart.beat(register("a", ONE, 3, 2, 100)));
        assertThat(part.register()).contains(register("a", ONE, 3, 2, 500));

        apply(4, LeadershipPart.beat(register("b", OTHER, 4, 1, 100)));
        assertThat(part.register()).contains(register("b", OTHER, 4, 1, 100));
    }

    @Test
    void takesAReleaseOfTheHolderOnly() {
        apply(3, LeadershipPart.beat(register("a", ONE, 3, 1, 100)));

        assertThat(apply(4, LeadershipPart.release(register("b", OTHER, 4, 1, 100))))
                .isFalse();
        assertThat(apply(4, LeadershipPart.release(register("a", ONE, 3, 2, 100))))
                .isFalse();
        assertThat(apply(3, LeadershipPart.release(register("a", ONE, 3, 2, 100))))
                .isTrue();

        assertThat(part.register().orElseThrow().released()).isTrue();
    }

    @Test
    void ignoresAReleaseThatABeatHasOvertaken() {
        apply(3, LeadershipPart.beat(register("a", ONE, 3, 1, 100)));
        apply(3, LeadershipPart.beat(register("a", ONE, 3, 3, 100)));

        assertThat(apply(3, LeadershipPart.release(register("a", ONE, 3, 2, 100))))
                .isFalse();

        assertThat(part.register().orElseThrow().released()).isFalse();
    }

    @Test
    void survivesWhateverBytesThereAre() {
        byte[] whole = LeadershipPart.beat(register("a", ONE, 3, 1, 100));
        for (int length = 0; length < whole.length; length++) {
            assertThat(apply(3, Arrays.copyOf(whole, length))).isFalse();
        }
        assertThat(apply(3, LeadershipPart.beat(register("a", ONE, 3, 1, -100))))
                .isFalse();
        assertThat(apply(3, LeadershipPart.beat(register("a", ONE, 3, 1, Long.MAX_VALUE))))
                .isFalse();
        assertThat(part.register()).isEmpty();
    }

    @Test
    void goesThroughASnapshot() throws IOException {
        LeadershipPart copy = new LeadershipPart(TimeSource.system());
        apply(9, LeadershipPart.beat(register("b", OTHER, 9, 1, 1)));
        copyTo(copy);
        assertThat(copy.register()).isEqualTo(part.register());

        apply(9, LeadershipPart.release(register("b", OTHER, 9, 2, 1)));
        copyTo(copy);
        assertThat(copy.register().orElseThrow().released()).isTrue();

        part.reset();
        copyTo(copy);
        assertThat(copy.register()).isEmpty();
    }

    private void copyTo(LeadershipPart copy) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        part.writeTo(new DataOutputStream(bytes));
        copy.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }

    private boolean apply(long term, byte[] command) {
        return LeadershipPart.isAccepted(part.apply(new ReplicatedPart.Entry(1, term, 0, false), command));
    }

    private static Register register(String node, UUID process, long term, long sequence, long lease) {
        return new Register(node, process, term, sequence, lease, false);
    }
}
