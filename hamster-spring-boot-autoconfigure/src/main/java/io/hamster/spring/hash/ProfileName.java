package io.hamster.spring.hash;

import java.util.Locale;

/** The placements to choose from; see {@link io.hamster.hash.RingProfile}. */
public enum ProfileName {
    /** Hamster's own. */
    HAMSTER,
    /** As libketama and the memcached clients that follow it. */
    KETAMA,
    /** As Envoy's ring_hash. */
    ENVOY,
    /** As Go's groupcache. */
    GROUPCACHE,
    /** As the Go library Hamster takes after. */
    GO_HAMSTER,
    /** Maglev's table instead of a ring. */
    MAGLEV;

    boolean hasReplicas() {
        return this == HAMSTER || this == GROUPCACHE || this == GO_HAMSTER;
    }

    boolean hasFunction() {
        return this != KETAMA && this != ENVOY;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
