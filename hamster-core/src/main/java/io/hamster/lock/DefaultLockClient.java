package io.hamster.lock;

import io.hamster.lock.LockListener.Outcome;
import io.hamster.lock.LockStore.Answer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** The client over any store: finds the calling scope, starts attempts and waits, and waits for them. */
final class DefaultLockClient implements LockClient {

    private final LockEngine engine;
    private final LockAdmin admin;

    DefaultLockClient(LockEngine engine) {
        this.engine = engine;
        this.admin = new DefaultLockAdmin(engine);
    }

    @Override
    public Optional<LockHandle> tryLock(LockRequest request) {
        LockHandle again = reentered(request);
        if (again != null) {
            return Optional.of(again);
        }
        DefaultLockHandle handle = engine.newHandle(request, false);
        long sent = engine.clock().now();
        CompletableFuture<Answer> asked = engine.ask(handle, Duration.ZERO);
        Answer answer;
        try {
            answer = StoreCalls.await(asked.isDone() ? asked : engine.calls().bounded(() -> asked));
        } catch (InterruptedException e) {
            asked.cancel(false);
            failed(handle, Outcome.WITHDRAWN, true, sent);
            Thread.currentThread().interrupt();
            throw new LockInterruptedException(request.key(), e);
        } catch (ExecutionException e) {
            Throwable cause = StoreCalls.unwrapped(e);
            asked.cancel(false);
            failed(handle, Outcome.UNAVAILABLE, !(cause instanceof NotSentException), sent);
            throw new LockUnavailableException(
                    request.key(), "could be neither acquired nor found taken: its store didn't answer", cause);
        }
        if (answer instanceof Answer.Granted granted) {
            long now = engine.clock().now();
            if (engine.granted(handle, sent, granted, now)) {
                engine.counters().requested(request.key(), Outcome.ACQUIRED, false, now - sent);
                return Optional.of(entered(handle));
            }
            failed(handle, Outcome.UNAVAILABLE, true, sent);
            throw engine.isClosed()
                    ? engine.closedException(request.key())
                    : new LockUnavailableException(
                            request.key(), "was granted, but the store's answer took longer than the lease", null);
        }
        engine.giveUp(handle, false, answer instanceof Answer.Queued);
        engine.counters()
                .requested(request.key(), Outcome.HELD, true, engine.clock().now() - sent);
        return Optional.empty();
    }

    private void failed(DefaultLockHandle handle, Outcome outcome, boolean mayTakeEffect, long started) {
        engine.giveUp(handle, mayTakeEffect, false);
        engine.counters().requested(handle.key(), outcome, false, engine.clock().now() - started);
    }

    @Override
    public LockHandle lock(LockRequest request) {
        return waited(request, false);
    }

    @Override
    public LockHandle singleflightLock(LockRequest request) {
        return waited(request, true);
    }

    private LockHandle waited(LockRequest request, boolean headOnly) {
        LockHandle again = reentered(request);
        if (again != null) {
            return again;
        }
        Acquisition acquisition = begin(request, headOnly, false);
        try {
            return entered(StoreCalls.await(acquisition.done()).result());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (acquisition.cancel()) {
                throw new LockInterruptedException(request.key(), e);
            }
            return entered(ended(acquisition));
        } catch (ExecutionException e) {
            throw new IllegalStateException("A wait ends with its result", e);
        }
    }

    /** The result of a wait that has ended, perhaps on a thread that is still about to say so. */
    private static DefaultLockHandle ended(Acquisition acquisition) {
        return acquisition.done().join().result();
    }

    @Override
    public CompletableFuture<LockHandle> lockAsync(LockRequest request) {
        CompletableFuture<LockHandle> future = new CompletableFuture<>();
        Acquisition acquisition;
        try {
            acquisition = begin(request, false, true);
        } catch (LockException e) {
            return CompletableFuture.failedFuture(e);
        }
        acquisition.done().thenAccept(ended -> engine.execute(() -> deliver(ended, future)));
        future.whenComplete((handle, failure) -> acquisition.cancel());
        return future;
    }

    private static void deliver(Acquisition ended, CompletableFuture<LockHandle> future) {
        DefaultLockHandle handle;
        try {
            handle = ended.result();
        } catch (LockException e) {
            future.completeExceptionally(e);
            return;
        }
        if (!future.complete(handle)) {
            // Cancelled after the grant: nobody will ever release it.
            handle.unlockAsync();
        }
    }

    private Acquisition begin(LockRequest request, boolean headOnly, boolean asynchronous) {
        long started = engine.clock().now();
        return engine.waiters().begin(request, engine.newHandle(request, asynchronous), started, headOnly);
    }

    @Override
    public <T extends @Nullable Object> T execute(LockRequest request, Callable<? extends T> work) throws Exception {
        LockHandle handle = lock(request);
        T result;
        try {
            result = work.call();
        } catch (Throwable e) {
            handle.close();
            throw e;
        }
        try {
            handle.unlock();
        } catch (LockUnavailableException e) {
            // The work was done under the lock to its end; that others get it late is not this caller's failure.
            engine.releasedLate(e);
        }
        return result;
    }

    @Override
    public Lock asLock(String key) {
        return new ScopedLock(this, key);
    }

    @Override
    public Optional<LockHandle> held(String key) {
        String checked = LockRequest.of(key).key();
        LockContext scope = LockContext.currentScope();
        return scope == null ? Optional.empty() : Optional.ofNullable(scope.find(engine, checked));
    }

    @Override
    public Optional<LockStatus> status(String key) {
        return engine.status(LockRequest.of(key).key());
    }

    @Override
    public LockAdmin admin() {
        return admin;
    }

    @Override
    public void close() {
        engine.close();
    }

    /** The lock taken once more, if the calling scope holds it; null if it doesn't. */
    private @Nullable LockHandle reentered(LockRequest request) {
        LockContext scope = LockContext.currentScope();
        LockHandle outer = scope == null ? null : scope.find(engine, request.key());
        DefaultLockHandle root = outer == null ? null : LockContext.root(outer);
        if (scope == null || root == null) {
            return null;
        }
        if (root.asynchronous()) {
            return root.live() ? refuse(request, "it was acquired asynchronously and can't be entered again") : null;
        }
        if (!request.reentrant()) {
            return root.live() ? refuse(request, "the request isn't reentrant") : null;
        }
        root.assertLive();
        if (!root.enter()) {
            return null;
        }
        ReentrantHandle again = new ReentrantHandle(root, scope);
        scope.entered(again);
        return again;
    }

    private @Nullable LockHandle refuse(LockRequest request, String why) {
        engine.counters().requested(request.key(), Outcome.WITHDRAWN, false, 0);
        throw new NestedLockException(
                request.key(),
                "is held by the scope that asks for it, and " + why
                        + ": it would wait for itself; make the request reentrant or take the lock once");
    }

    private static LockHandle entered(DefaultLockHandle handle) {
        LockContext scope = LockContext.capture();
        handle.enteredScope(scope);
        scope.entered(handle);
        return handle;
    }
}
