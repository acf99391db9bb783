package io.hamster.spring.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.TimeSource;
import io.hamster.hash.NoPeersAvailableException;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PeerPickerContractTests;
import io.hamster.hash.RingPeerPicker;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PickSamplesTests extends PeerPickerContractTests {

    private final ManualTime time = new ManualTime();
    private final AtomicInteger random = new AtomicInteger();

    @Override
    protected PeerPicker picker(List<Peer> peers) {
        return new MeasuredPeerPicker(
                RingPeerPicker.builder().peers(peers).build(), new PickSamples(time, random::getAndIncrement));
    }

    @Test
    void estimatesTheTimeOfAllPicksFromOneInSixtyFour() {
        PickSamples samples = new PickSamples(time, random::getAndIncrement);
        for (int i = 0; i < 640; i++) {
            if (samples.isNext()) {
                long begun = samples.begin();
                time.advance(Duration.ofNanos(100));
                samples.end(begun);
            }
        }

        assertThat(samples.estimatedNanos()).isEqualTo(64_000);
    }

    @Test
    void measuresEveryKindOfPickThatFailsToo() {
        AtomicInteger clockReads = new AtomicInteger();
        PickSamples every = new PickSamples(
                new TimeSource() {
                    @Override
                    public long nanoTime() {
                        return clockReads.getAndIncrement();
                    }

                    @Override
                    public Instant instant() {
                        return time.instant();
                    }
                },
                () -> 0);
        PeerPicker picker = new MeasuredPeerPicker(RingPeerPicker.builder().build(), every);

        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> picker.pickPeer("key"));
        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> picker.pickPeers("key", 1));
        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> picker.acquire("key"));
        assertThat(clockReads).hasValue(6);
        assertThat(every.estimatedNanos()).isEqualTo(3 * 64);
    }
}
