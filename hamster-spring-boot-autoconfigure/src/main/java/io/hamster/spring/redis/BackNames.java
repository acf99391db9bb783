package io.hamster.spring.redis;

import java.util.List;

/** Names of what the journal of one cache keeps in Redis, all with one hash tag so that one script may touch them. */
final class BackNames {

    private final String prefix;

    BackNames(String namespace, String cache) {
        // A name may have braces, a number has none.
        this.prefix = namespace + ":{" + LockNames.bucket(cache) + "}:back:" + cache + ":";
    }

    /** By encoded key: sequence and value. */
    String records() {
        return prefix.concat("records");
    }

    /** By encoded key of dead letters: why. */
    String reasons() {
        return prefix.concat("reasons");
    }

    String lastSequence() {
        return prefix.concat("sequence");
    }

    /** Who may flush. */
    String lease() {
        return prefix.concat("lease");
    }

    String fence() {
        return prefix.concat("fence");
    }

    List<String> entries() {
        return List.of(records(), reasons());
    }
}
