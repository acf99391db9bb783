package io.hamster.spring.cache;

/** Tells threads that may wait from those that serve many connections and may not. */
final class BlockingThreads {

    /** By its name: Netty, whose threads Lettuce and Reactor Netty run on, needn't be present. */
    private static final String NETTY_THREAD = "io.netty.util.concurrent.FastThreadLocalThread";

    private BlockingThreads() {}

    static boolean mayBlock() {
        return !(ReturnShape.REACTOR && Monos.isOnNonBlockingThread())
                && !Thread.currentThread().getClass().getName().equals(NETTY_THREAD);
    }
}
