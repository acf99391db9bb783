package io.hamster.cluster.raft;

import io.hamster.cluster.Node;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops whatever comes from a node that isn't configured, below everything but the sockets: it never joins, nor does it
 * disturb a view. This keeps out mistakes; only certificates keep out intruders.
 */
final class Doorkeeper extends Protocol {

    private static final Logger logger = LoggerFactory.getLogger(Doorkeeper.class);
    private static final int MAX_REMEMBERED = 100;

    private final Set<String> allowed;
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Sometimes nameless = new Sometimes(logger);

    /** Lets in the nodes with these names, or every node if there are none. */
    Doorkeeper(Set<String> allowed) {
        this.allowed = allowed;
    }

    @Override
    public @Nullable Object up(Message message) {
        return admits(message.getSrc()) ? up_prot.up(message) : null;
    }

    @Override
    public void up(MessageBatch batch) {
        for (Iterator<Message> messages = batch.iterator(); messages.hasNext(); ) {
            if (!admits(messages.next().getSrc())) {
                messages.remove();
            }
        }
        if (!batch.isEmpty()) {
            up_prot.up(batch);
        }
    }

    private boolean admits(@Nullable Address from) {
        String name = NodeAddress.name(from);
        if (name != null && allowed.contains(name)) {
            return true;
        }
        Node node = NodeAddress.node(from).orElse(null);
        if (node == null) {
            nameless.warn("Somebody who isn't a node of Hamster sends messages here; they are dropped");
            return false;
        }
        if (allowed.isEmpty()) {
            return true;
        }
        if (refused.size() < MAX_REMEMBERED && refused.add(node.name())) {
            logger.warn(
                    "Node '{}' at {} isn't configured here, so its messages are dropped; add it to the nodes or stop it",
                    node.name(),
                    node.address());
        }
        return false;
    }
}
