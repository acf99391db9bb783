package io.hamster.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An elector that says what a test makes it say. */
public final class ScriptedElector implements Elector {

    private volatile Consumer<Standing> reports = standing -> {};
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Void> resigned = new CompletableFuture<>();
    private volatile Runnable onResign = () -> {};
    private volatile @Nullable RuntimeException failure;

    public void leads(long term, long deadline) {
        reports.accept(new Standing.Leading(term, deadline));
    }

    public void follows(long term, String leader) {
        reports.accept(new Standing.Following(term, leader));
    }

    public void elects(long term, boolean candidate) {
        reports.accept(new Standing.Electing(term, candidate));
    }

    /** The last leader has given leadership up. */
    public void sawResignation(long term) {
        reports.accept(new Standing.Electing(term, true, true));
    }

    /** What was asked of it, in order. */
    public List<String> asked() {
        return asked;
    }

    /** Completes the last resignation; without this it never completes. */
    public CompletableFuture<Void> resigned() {
        return resigned;
    }

    /** What its start is to fail with. */
    public void failWith(RuntimeException error) {
        failure = error;
    }

    public void onResign(Runnable action) {
        onResign = action;
    }

    @Override
    public void start(Consumer<Standing> to) {
        RuntimeException error = failure;
        if (error != null) {
            throw error;
        }
        reports = to;
        asked.add("start");
    }

    @Override
    public CompletionStage<Void> resign(boolean workEnded, boolean forGood) {
        asked.add("resign workEnded=" + workEnded + " forGood=" + forGood);
        resigned = new CompletableFuture<>();
        onResign.run();
        return resigned;
    }

    @Override
    public void close() {
        asked.add("close");
        reports = standing -> {};
    }
}
