package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.RemoteCallRejectedException;
import io.hamster.cluster.RemoteCallTimeoutException;
import io.hamster.cluster.raft.PendingRequests.Pending;
import java.time.Duration;
import org.jgroups.Address;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;

class PendingRequestsTests {

    private static final Address B = UUID.randomUUID();
    private static final Address C = UUID.randomUUID();
    private static final byte[] ANSWER = {1};

    private final PendingRequests requests = new PendingRequests();

    @Test
    void takesAnAnswerOnceAndFromTheNodeThatWasAsked() {
        Pending request = enter(Topic.GROUP, B, 10);

        requests.answered(request.id(), C, ANSWER);
        assertThat(request.answer()).isNotDone();
        requests.answered(request.id() + 1, B, ANSWER);
        assertThat(request.answer()).isNotDone();
        requests.answered(request.id(), B, ANSWER);
        requests.answered(request.id(), B, new byte[0]);

        assertThat(request.answer()).isCompletedWithValue(ANSWER);
        assertThat(requests.size()).isZero();
    }

    @Test
    void endsThoseWhoseNodeIsLost() {
        Pending lost = enter(Topic.GROUP, B, 10);
        Pending other = enter(Topic.GROUP, C, 10);

        requests.retain(C::equals);

        assertThat(lost.answer())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class)
                .withMessageContaining("'b'");
        assertThat(other.answer()).isNotDone();
    }

    @Test
    void endsThoseThatTimedOut() {
        Pending patient = enter(Topic.GROUP, B, 10);
        Pending impatient = requests.enter(Topic.GROUP, "b", B, 10, Duration.ZERO);

        requests.sweep();

        assertThat(impatient.answer())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(RemoteCallTimeoutException.class);
        assertThat(patient.answer()).isNotDone();
    }

    @Test
    void boundsTheRequestsOfEachTopic() {
        for (int i = 0; i < PendingRequests.MAX_REQUESTS; i++) {
            enter(Topic.FUNCTIONS, B, 0);
        }

        assertThatExceptionOfType(RemoteCallRejectedException.class)
                .isThrownBy(() -> enter(Topic.FUNCTIONS, B, 0))
                .withMessageContaining("" + PendingRequests.MAX_REQUESTS);
        assertThat(enter(Topic.GROUP, B, 0).answer()).isNotDone();
        requests.retain(address -> false);
        assertThat(enter(Topic.FUNCTIONS, B, 0).answer()).isNotDone();
    }

    @Test
    void boundsTheBytesOfEachTopic() {
        int half = (int) (PendingRequests.MAX_BYTES / 2);
        Pending first = enter(Topic.FUNCTIONS, B, half);
        enter(Topic.FUNCTIONS, B, half);

        assertThatExceptionOfType(RemoteCallRejectedException.class)
                .isThrownBy(() -> enter(Topic.FUNCTIONS, B, 1))
                .withMessageContaining(PendingRequests.MAX_BYTES + " bytes");
        requests.answered(first.id(), B, ANSWER);
        assertThat(enter(Topic.FUNCTIONS, B, half).answer()).isNotDone();
    }

    private Pending enter(Topic topic, Address to, int size) {
        return requests.enter(topic, "b", to, size, Duration.ofHours(1));
    }
}
