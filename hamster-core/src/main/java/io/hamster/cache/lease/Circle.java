package io.hamster.cache.lease;

import io.hamster.cache.lease.LeaseChannel.View;
import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import java.util.List;

/**
 * A view and the ring of its members. Compared by identity.
 *
 * @param view the view
 * @param ring says which member owns a key
 */
record Circle(View view, HashRing ring) {

    static Circle of(View view) {
        List<Peer> peers = view.members().stream()
                .map(name -> new Peer(name, name, Peer.DEFAULT_WEIGHT))
                .toList();
        return new Circle(view, HashRing.of(RingProfile.hamster(), peers));
    }

    boolean isEmpty() {
        return view.members().isEmpty();
    }

    String owner(String cache, String key) {
        return ring.owner(cache + '\0' + key).id();
    }
}
