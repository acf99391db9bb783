package io.hamster.hash;

import java.util.Collection;
import java.util.List;

/** Settings of a {@link RingPeerPicker}; each is checked when it is set. Not thread-safe. */
public final class RingPeerPickerBuilder {

    private static final int MAX_ALTERNATIVES = 1000;

    RingProfile profile = RingProfile.hamster();
    List<Peer> peers = List.of();
    int maxAlternatives = 5;
    int minAlivePeers = 1;
    double loadFactor = Double.POSITIVE_INFINITY;
    PickerListener listener = new PickerListener() {};

    RingPeerPickerBuilder() {}

    /**
     * How keys and peers are placed.
     *
     * @param value the profile; {@link RingProfile#hamster()} unless set
     * @return this
     */
    public RingPeerPickerBuilder profile(RingProfile value) {
        profile = value;
        return this;
    }

    /**
     * The peers to start with.
     *
     * @param value the peers, none unless set
     * @return this
     */
    public RingPeerPickerBuilder peers(Collection<Peer> value) {
        peers = List.copyOf(value);
        return this;
    }

    /**
     * How many peers after a dead owner are tried.
     *
     * @param value 0 (no failover) to 1000; 5 unless set
     * @return this
     * @throws IllegalArgumentException if out of range
     */
    public RingPeerPickerBuilder maxAlternatives(int value) {
        if (value < 0 || value > MAX_ALTERNATIVES) {
            throw new IllegalArgumentException(
                    "max-alternatives must be from 0 to " + MAX_ALTERNATIVES + ", but was " + value);
        }
        maxAlternatives = value;
        return this;
    }

    /**
     * How many alive peers make the picker healthy.
     *
     * @param value 0 or more; 1 unless set
     * @return this
     * @throws IllegalArgumentException if negative
     */
    public RingPeerPickerBuilder minAlivePeers(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("min-alive-peers must be 0 or more, but was " + value);
        }
        minAlivePeers = value;
        return this;
    }

    /**
     * How far above its fair part of all running requests a peer may go before {@code acquire} passes it over.
     *
     * @param value above 1, up to 100, such as 1.25; unbounded unless set
     * @return this
     * @throws IllegalArgumentException if out of range
     */
    public RingPeerPickerBuilder loadFactor(double value) {
        if (!(value > 1 && value <= 100)) {
            throw new IllegalArgumentException("load-factor must be above 1 and at most 100, but was " + value
                    + "; 1.25 is usual, leave it out for no bound");
        }
        loadFactor = value;
        return this;
    }

    /**
     * Who hears of deaths and failovers.
     *
     * @param value the listener; nobody unless set
     * @return this
     */
    public RingPeerPickerBuilder listener(PickerListener value) {
        listener = value;
        return this;
    }

    /**
     * Builds the picker, with every peer alive.
     *
     * @return a new picker
     * @throws InvalidPeerException if two peers have the same id, or their weights ask for too many virtual nodes
     */
    public RingPeerPicker build() {
        return new RingPeerPicker(this);
    }
}
