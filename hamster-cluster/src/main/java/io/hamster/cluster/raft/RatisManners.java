package io.hamster.cluster.raft;

import java.lang.Thread.UncaughtExceptionHandler;
import org.apache.ratis.util.ExitUtils;

/**
 * Keeps Ratis from ending the application: left alone it exits the JVM when its port is in use, and installs a default
 * handler that exits on any uncaught exception of any thread.
 */
final class RatisManners {

    static {
        // A static initializer runs once, so that no second group takes Ratis' handler for the application's.
        UncaughtExceptionHandler ofTheApplication = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(ofTheApplication);
    }

    private RatisManners() {}

    /** Takes effect with the first call, for good. */
    static void mind() {}
}
