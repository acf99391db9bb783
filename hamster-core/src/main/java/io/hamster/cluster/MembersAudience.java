package io.hamster.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who want to know the members. Each is told on its own, so that a slow one delays no other. */
final class MembersAudience {

    private static final Logger log = LoggerFactory.getLogger(MembersAudience.class);

    private final Threads threads;
    private final Supplier<Members> latest;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Told> told = new CopyOnWriteArrayList<>();

    MembersAudience(Threads threads, Supplier<Members> latest) {
        this.threads = threads;
        this.latest = latest;
    }

    /** Adds a listener, which is told of the next change. */
    void add(MembersListener listener) {
        lock.lock();
        try {
            if (told.stream().noneMatch(known -> known.listener == listener)) {
                told.add(new Told(listener));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tells one listener soon. */
    void wake(MembersListener listener) {
        told.stream().filter(known -> known.listener == listener).forEach(Told::wake);
    }

    void remove(MembersListener listener) {
        told.removeIf(known -> known.listener == listener);
    }

    /** Tells everyone soon; to be called once the change is visible. */
    void changed() {
        told.forEach(Told::wake);
    }

    private final class Told {

        private final MembersListener listener;
        private final AtomicInteger changes = new AtomicInteger();

        Told(MembersListener listener) {
            this.listener = listener;
        }

        void wake() {
            if (changes.getAndIncrement() != 0) {
                return;
            }
            try {
                threads.run(this::tell);
            } catch (Throwable e) {
                // Nobody tells now, so the next change has to begin anew.
                changes.set(0);
                throw e;
            }
        }

        private void tell() {
            int seen = changes.get();
            do {
                // Read after the count: a change that isn't in these members has raised the count again.
                tell(latest.get());
                seen = changes.addAndGet(-seen);
            } while (seen != 0);
        }

        private void tell(Members members) {
            // A call that was under way when the listener was removed is the last.
            if (!told.contains(this)) {
                return;
            }
            try {
                listener.onMembers(members);
            } catch (Throwable e) {
                log.warn(
                        "Members listener {} failed on the members {}",
                        listener.getClass().getName(),
                        members.names(),
                        e);
            }
        }
    }
}
