package io.hamster.spring.redis;

/**
 * Names of what a cluster of Hamster's nodes keeps in Redis, all with one hash tag so that one script may touch them, and
 * of the channels it uses.
 */
final class GroupNames {

    private final String prefix;

    /**
     * @param namespace keeps applications apart
     * @param path keeps clusters of one application apart; neither has braces
     */
    GroupNames(String namespace, String path) {
        this.prefix = namespace + ":{" + path + "}:";
    }

    /** Who leads; expires. */
    String lease() {
        return prefix.concat("leader");
    }

    /** The terms that there were; never expires. */
    String terms() {
        return prefix.concat("terms");
    }

    String members() {
        return prefix.concat("members");
    }

    /** Where changes of the leader and of members are published. */
    String news() {
        return prefix.concat("news");
    }

    /** Where a process takes messages. */
    String inbox(String token) {
        return inboxes().concat(token);
    }

    /** What the channels of all processes begin with. */
    String inboxes() {
        return prefix.concat("to:");
    }
}
