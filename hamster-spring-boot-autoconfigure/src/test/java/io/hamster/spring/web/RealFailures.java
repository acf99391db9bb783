package io.hamster.spring.web;

import io.hamster.cache.CacheClient;
import io.hamster.cache.writeback.JournalException;
import io.hamster.hash.PeerPicker;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** Hamster's exceptions as Hamster throws them. */
final class RealFailures implements Shop.Failures {

    /** What no answer may show. */
    static final String KEY = "customer-4711";

    private final LockClient locks;
    private final CacheClient caches;
    private final PeerPicker peers;
    private final ManualTime time;

    RealFailures(LockClient locks, CacheClient caches, PeerPicker peers, ManualTime time) {
        this.locks = locks;
        this.caches = caches;
        this.peers = peers;
        this.time = time;
    }

    @Override
    public void fail(String way) throws Exception {
        switch (way) {
            case "invalid-key" -> locks.tryLock(LockRequest.of(KEY + "\n"));
            case "invalid-cache-key" -> caches.cache("");
            case "not-held" -> released().unlock();
            case "not-found" -> caches.cache("users").require(KEY);
            case "busy" -> busy();
            case "away" -> locks.tryLock(LockRequest.of(KEY));
            case "expired" -> expired();
            case "no-peers" -> peers.pickPeer(KEY);
            case "load" ->
                caches.cache("users").get(KEY, key -> {
                    throw new IOException("no disk");
                });
            case "nested" -> nested();
            case "journal" -> throw new JournalException("The journal of " + KEY + " is away", null);
            case "wrapped" -> wrapped();
            case "sold-out" -> throw new SoldOutException();
            default -> throw new IllegalArgumentException(way);
        }
    }

    private LockHandle released() {
        LockHandle handle = locks.lock(LockRequest.of(KEY));
        handle.unlock();
        return handle;
    }

    private void busy() throws Exception {
        LockHandle held = locks.lock(LockRequest.of(KEY));
        try {
            locks.lockAsync(LockRequest.builder(KEY)
                            .retry(RetryStrategy.fixed(0, Duration.ofMillis(1)))
                            .build())
                    .join();
        } catch (CompletionException e) {
            throw (Exception) e.getCause();
        } finally {
            held.unlock();
        }
    }

    private void nested() {
        try (LockHandle held = locks.lock(LockRequest.of(KEY))) {
            locks.lock(LockRequest.of(held.key()));
        }
    }

    private void expired() {
        LockHandle handle = locks.lock(LockRequest.builder(KEY)
                .expiration(Duration.ofSeconds(10))
                .autoRefresh(false)
                .build());
        time.advance(Duration.ofMinutes(1));
        handle.assertHeld();
    }

    private void wrapped() {
        try {
            peers.pickPeer(KEY);
        } catch (RuntimeException e) {
            throw new IllegalStateException("the application's own", e);
        }
    }

    /** The application's own conflict. */
    static final class SoldOutException extends RuntimeException {}
}
