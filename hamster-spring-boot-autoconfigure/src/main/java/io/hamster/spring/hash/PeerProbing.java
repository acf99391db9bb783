package io.hamster.spring.hash;

import io.hamster.hash.health.PeerProber;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Probes peers while the application runs: begins after everything else has started, ends before anything stops. */
final class PeerProbing implements SmartLifecycle {

    private final Supplier<PeerProber> probers;
    private volatile @Nullable PeerProber running;

    PeerProbing(Supplier<PeerProber> probers) {
        this.probers = probers;
    }

    @Override
    public void start() {
        PeerProber prober = probers.get();
        prober.start();
        running = prober;
    }

    @Override
    public void stop() {
        PeerProber prober = running;
        running = null;
        if (prober != null) {
            prober.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
