package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The placements of Hamster's own profile, in so many words: whoever changes them moves the keys of every cluster that
 * is being upgraded.
 */
class HamsterVectorTests {

    /** Of each key's owner the address's last number. */
    @ParameterizedTest
    @CsvSource({"CRC32, 134124354342534314453544", "RAPIDHASH, 245121533214433542552434"})
    void placesKeysAsEver(StandardHash function, String owners) {
        HashRing ring = HashRing.of(
                RingProfile.hamster(function, Replicas.of(150)),
                IntStream.rangeClosed(1, 5)
                        .mapToObj(i -> new Peer("10.0.0." + i + ":8080", "10.0.0." + i + ":8080"))
                        .toList());
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < owners.length(); i++) {
            found.append(ring.owner("user:" + i).id().charAt("10.0.0.".length()));
        }

        assertThat(found).hasToString(owners);
    }
}
