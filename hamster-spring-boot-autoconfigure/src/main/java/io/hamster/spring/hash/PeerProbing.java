package io.hamster.spring.hash;

import io.hamster.hash.health.PeerProber;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Probes peers while the application runs: begins after everything else has started, ends before anything stops. The picker
 * outlives a stop with the peers that were found dead, so the next start goes on from there.
 */
final class PeerProbing implements SmartLifecycle {

    private final Function<Set<String>, PeerProber> probers;
    private volatile Set<String> declaredDead = Set.of();
    private volatile @Nullable PeerProber running;

    /** Takes what makes a prober of the ids that the one before declared dead. */
    PeerProbing(Function<Set<String>, PeerProber> probers) {
        this.probers = probers;
    }

    @Override
    public void start() {
        PeerProber prober = probers.apply(declaredDead);
        prober.start();
        running = prober;
    }

    @Override
    public void stop() {
        PeerProber prober = running;
        running = null;
        if (prober != null) {
            prober.close();
            declaredDead = prober.declaredDead();
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
