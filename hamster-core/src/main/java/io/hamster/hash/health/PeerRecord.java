package io.hamster.hash.health;

import io.hamster.hash.Peer;
import org.jspecify.annotations.Nullable;

/** What a prober knows of a peer. Guarded by the prober's lock. */
final class PeerRecord {

    /** As it was in the latest round. */
    Peer peer;

    /** The probe that runs or is stuck. */
    PeerProber.@Nullable Probe probe;

    boolean waiting;

    /** A verdict on it waits for its turn to be told. */
    boolean judged;

    boolean alive;

    /** Results in a row that speak against {@link #alive}. */
    private int against;

    private boolean untold;

    PeerRecord(Peer peer, boolean alive) {
        this.peer = peer;
        this.alive = alive;
    }

    /**
     * Takes over what the picker says. A peer that is alive there though this declared it dead was added anew or revived
     * by hand, and has to fail again. One that is dead there by hand stays so: it isn't this prober's to revive.
     */
    void update(Peer current, boolean pickerSaysAlive) {
        peer = current;
        if (pickerSaysAlive && !alive) {
            alive = true;
            against = 0;
        }
    }

    /** Whether the result, if it counts, makes the peer change sides. */
    boolean isVerdict(boolean success, ProbeSettings settings) {
        return untold || (success != alive && against + 1 >= (alive ? settings.fall() : settings.rise()));
    }

    /** Whether the result made the peer change sides. */
    boolean count(boolean success, ProbeSettings settings) {
        if (!isVerdict(success, settings)) {
            against = success == alive ? 0 : against + 1;
            return false;
        }
        untold = false;
        alive = success;
        against = 0;
        return true;
    }

    /** Whether the picker may have the peer as dead on the prober's word. */
    boolean mayBeDead() {
        return !alive || untold;
    }

    /** The picker couldn't be told, and nobody knows what it made of it: the next result is told, whatever it says. */
    void untold() {
        untold = true;
    }
}
