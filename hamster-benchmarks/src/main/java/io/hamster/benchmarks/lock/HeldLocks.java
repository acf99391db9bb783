package io.hamster.benchmarks.lock;

import io.hamster.TimeSource;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockToken;
import io.hamster.lock.memory.MemoryLockStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.GraphLayout;

/** What a held lock takes of the heap, by JOL. */
final class HeldLocks {

    private static final int LOCKS = 10_000;

    private HeldLocks() {}

    static String report(boolean quick) {
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        try (MemoryLockStore store = new MemoryLockStore(TimeSource.system(), scheduler);
                LockClient client =
                        LockClient.builder(store, scheduler, Runnable::run).build()) {
            List<LockHandle> handles = new ArrayList<>(2 * LOCKS);
            hold(client, handles);
            long some = size(handles);
            hold(client, handles);
            long all = (size(handles) - some) / LOCKS;
            long handle = ClassLayout.parseInstance(handles.get(0)).instanceSize()
                    + ClassLayout.parseClass(LockToken.class).instanceSize();
            return """
                    | | bytes | at most |
                    |---|---|---|
                    | a handle with its token | %d | 200 %s |
                    | a held lock: handle, request, key, and what the store in memory keeps | %d | — |
                    """.formatted(handle, handle <= 200 ? "✓" : "✗ open", all);
        } finally {
            scheduler.shutdownNow();
        }
    }

    private static long size(List<LockHandle> handles) {
        return GraphLayout.parseInstance((Object) handles.toArray()).totalSize();
    }

    private static void hold(LockClient client, List<LockHandle> handles) {
        for (int i = 0; i < LOCKS; i++) {
            handles.add(client.tryLock(LockRequest.of("held:" + handles.size())).orElseThrow());
        }
    }
}
