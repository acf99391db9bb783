package io.hamster.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Notes every callback, and whether two ever ran at once. */
public class RecordingTracker implements JobTracker {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean overlapped;

    public List<String> calls() {
        return calls;
    }

    public boolean overlapped() {
        return overlapped;
    }

    @Override
    public void onStartedLeading(long term) {
        note("start " + term);
    }

    @Override
    public void onStoppedLeading() {
        note("stop");
    }

    @Override
    public void onNewLeader(String leader) {
        note("leader " + leader);
    }

    @Override
    public void onReleaseMaster() {
        note("release");
    }

    /** What a test adds to every callback. */
    protected void act(String call) {}

    private void note(String call) {
        overlapped |= inside.incrementAndGet() > 1;
        try {
            calls.add(call);
            act(call);
        } finally {
            inside.decrementAndGet();
        }
    }
}
