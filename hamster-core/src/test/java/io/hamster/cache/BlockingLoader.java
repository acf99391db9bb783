package io.hamster.cache;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A loader that begins, waits until it is told what to return, and counts its calls. */
final class BlockingLoader implements CacheLoader<String, String> {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private volatile String value;
    private volatile Exception failure;

    @Override
    public String load(String key) throws Exception {
        calls.incrementAndGet();
        begun.countDown();
        if (!released.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("never released");
        }
        if (failure != null) {
            throw failure;
        }
        return value;
    }

    void awaitBegun() throws InterruptedException {
        if (!begun.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("never begun");
        }
    }

    void release(String result) {
        value = result;
        released.countDown();
    }

    void fail(Exception with) {
        failure = with;
        released.countDown();
    }

    int calls() {
        return calls.get();
    }
}
