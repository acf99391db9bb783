package io.hamster.cluster;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** A machine that has no further thread whenever a test says so, as executors and schedulers see it. */
final class Starvation {

    private volatile boolean executes = true;
    private volatile boolean schedules = true;
    private volatile boolean keepsWork;

    void begin() {
        executes = false;
        schedules = false;
    }

    /** Begins for executors: schedulers have their threads already. */
    void beginWithoutExecutor() {
        executes = false;
    }

    /** Begins; a scheduler then keeps what it has no thread for, as the JDK's do. */
    void beginKeepingWork() {
        keepsWork = true;
        begin();
    }

    void end() {
        executes = true;
        schedules = true;
    }

    Executor executor(Executor executor) {
        return task -> {
            if (!executes) {
                throw noThread();
            }
            executor.execute(task);
        };
    }

    ScheduledExecutorService scheduler(ScheduledExecutorService scheduler) {
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                Starvation.class.getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, arguments) -> {
                    boolean starved = !schedules && method.getName().equals("schedule");
                    if (starved && !keepsWork) {
                        throw noThread();
                    }
                    try {
                        Object result = method.invoke(scheduler, arguments);
                        if (starved) {
                            throw noThread();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static OutOfMemoryError noThread() {
        return new OutOfMemoryError("unable to create native thread");
    }
}
