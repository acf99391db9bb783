package io.hamster.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Free ports on the loopback address, each given once in a process. */
public final class FreePorts {

    // Below the ephemeral range of Linux, so that no outgoing connection takes a port between the check and its use,
    // and below what tests give to Redis.
    private static final int COUNT = 2950;
    private static final int LOWEST = ownOf(5000, COUNT);

    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePorts() {}

    /**
     * Finds a port.
     *
     * @return one that nobody listens at
     */
    public static int next() {
        for (int attempt = 0; attempt < COUNT; attempt++) {
            int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port from " + LOWEST + " to " + (LOWEST + COUNT - 1));
    }

    /**
     * Parts a range between the two JVMs that run tests side by side, so that neither takes a port between the other's
     * check and its use.
     *
     * @param lowest the range's first port
     * @param count how many each of them gets
     * @return the first that is this JVM's
     */
    public static int ownOf(int lowest, int count) {
        return lowest + Integer.getInteger("test.fork", 0) % 2 * count;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (BindException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
