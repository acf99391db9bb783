package io.hamster.cluster.raft;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Nodes of a {@link ManualGroup}, each with its store of locks. */
final class LockNodes {

    static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);

    final ManualTime time = new ManualTime();
    final ManualGroup group = new ManualGroup(time);
    final Map<String, LockTable> tables = new LinkedHashMap<>();
    private final Map<String, RaftLockStore> stores = new LinkedHashMap<>();

    LockNodes(String... names) {
        for (String name : names) {
            store(name);
        }
    }

    /** A node's store; the node joins the group if it isn't there yet. */
    RaftLockStore store(String node) {
        return stores.computeIfAbsent(node, this::joined);
    }

    /** A node's process is replaced by another. */
    RaftLockStore restart(String node) {
        stores.get(node).close();
        RaftLockStore fresh = joined(node);
        stores.put(node, fresh);
        return fresh;
    }

    private RaftLockStore joined(String node) {
        LockTable table = new LockTable();
        RaftLockStore store = new RaftLockStore(
                node,
                group.log(node),
                table,
                group.messenger(node),
                time,
                time.scheduler(),
                Runnable::run,
                COMMAND_TIMEOUT);
        tables.put(node, table);
        group.join(node, table);
        return store;
    }
}
