package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTests {

    /** By their UTF-8 all of them would be at the same places. */
    @ParameterizedTest
    @ValueSource(strings = {"a\ud800", "a\udc00", "\udc00\ud800"})
    void hasNoHalfCharactersInItsId(String id) {
        assertThatExceptionOfType(InvalidPeerException.class)
                .isThrownBy(() -> new Peer(id, "host:1"))
                .withMessageContaining("half of a character")
                .withMessageContaining("host:1");
    }

    @Test
    void mayHaveAnyWholeCharacterInItsId() {
        assertThat(new Peer("仓鼠🐹", "host:1").id()).isEqualTo("仓鼠🐹");
    }
}
