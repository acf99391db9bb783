package io.hamster.spring.lock;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An annotated method, read and checked. */
final class LockedMethod {

    private static final Logger LOG = LoggerFactory.getLogger(LockedMethod.class);

    private final Method method;
    private final List<LockSpec> locks;
    private final Returns returns;
    private final boolean interrupts;
    private final AtomicBoolean warned = new AtomicBoolean();

    LockedMethod(Method method, List<LockSpec> locks, Returns returns, boolean interrupts) {
        this.method = method;
        this.locks = List.copyOf(locks);
        this.returns = returns;
        this.interrupts = interrupts;
    }

    /** What is left to acquire of a call's locks in a transaction that may keep some already; says once that there is one. */
    Needs needs(List<Wanted> wanted, Transactions.Running transaction) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn(
                    "{} takes its lock inside a transaction that was running already: the lock is held until that"
                            + " transaction ends, because others would otherwise not see what it has yet to commit."
                            + " Begin the transaction inside the lock: @Transactional on the same method, and none"
                            + " around the call{}",
                    method,
                    returns == Returns.AT_ONCE
                            ? ""
                            : ". The method itself is called on another thread, where that transaction is not: what it"
                                    + " writes is neither committed nor rolled back with it");
        }
        List<Wanted> missing = new ArrayList<>(wanted.size());
        List<HeldLock> kept = new ArrayList<>(wanted.size());
        for (Wanted one : wanted) {
            transaction.kept(one.key()).ifPresentOrElse(kept::add, () -> missing.add(one));
        }
        return new Needs(missing, kept);
    }

    Method method() {
        return method;
    }

    Returns returns() {
        return returns;
    }

    /** Whether the thread that runs the method is interrupted when a lock is lost. */
    boolean interrupts() {
        return interrupts;
    }

    /** What one call has to lock: each key once, in the order in which every caller takes them. */
    List<Wanted> wanted(Object target, @Nullable Object[] arguments) {
        if (locks.size() == 1) {
            List<String> keys = locks.get(0).keys(target, arguments);
            if (keys.size() == 1) {
                return List.of(new Wanted(keys.get(0), locks.get(0)));
            }
        }
        TreeMap<String, LockSpec> sorted = new TreeMap<>();
        for (LockSpec lock : locks) {
            for (String key : lock.keys(target, arguments)) {
                sorted.putIfAbsent(key, lock);
            }
        }
        List<Wanted> wanted = new ArrayList<>(sorted.size());
        sorted.forEach((key, lock) -> wanted.add(new Wanted(key, lock)));
        return wanted;
    }

    /** The locks that one call has to acquire, and those that it relies on. */
    record Needs(List<Wanted> missing, List<HeldLock> kept) {}

    /** One lock of one call. */
    record Wanted(String key, LockSpec lock) {}
}
