package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.raft.GroupWire.Introduction;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupWireTests {

    private static final Peer A = new Peer("a~1", "127.0.0.1:1");
    private static final Peer B = new Peer("b~2", "[::1]:2");

    @Test
    void carriesIntroductions() {
        Introduction candidate = new Introduction(A, true, null, List.of());
        Introduction member = new Introduction(B, false, new UUID(1, 2), List.of(A, B));

        assertThat(GroupWire.introduction(GroupWire.answer(candidate))).contains(candidate);
        assertThat(GroupWire.introduction(GroupWire.answer(member))).contains(member);
        assertThat(GroupWire.joining(GroupWire.join(A))).contains(A);
    }

    @Test
    void takesNothingForAnIntroductionThatIsNone() {
        byte[] whole = GroupWire.answer(new Introduction(B, false, new UUID(1, 2), List.of(A, B)));
        for (int length = 0; length < whole.length; length++) {
            assertThat(GroupWire.introduction(Arrays.copyOf(whole, length))).isEmpty();
        }
        assertThat(GroupWire.introduction(GroupWire.refused())).isEmpty();
        assertThat(GroupWire.joining(GroupWire.introduce())).isEmpty();
    }

    @Test
    void survivesWhateverBytesThereAre() {
        Random random = new Random(42);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(4);
            }
            assertThat(GroupWire.introduction(bytes)).isNotNull();
            assertThat(GroupWire.joining(bytes)).isNotNull();
        }
    }

    @Test
    void namesNodesWhoseNameHasATilde() {
        assertThat(Peer.name("a~b~0123")).isEqualTo("a~b");
        assertThat(A.name()).isEqualTo("a");
    }

    @Test
    void makesTheSameGroupOfTheSameFounders() {
        assertThat(Identity.groupOf(List.of(A, B)))
                .isEqualTo(Identity.groupOf(List.of(B, A)))
                .isNotEqualTo(Identity.groupOf(List.of(A)));
    }
}
