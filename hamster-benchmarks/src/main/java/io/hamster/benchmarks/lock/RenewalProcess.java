package io.hamster.benchmarks.lock;

import io.hamster.benchmarks.process.Child;
import java.lang.management.ManagementFactory;

/** A JVM that holds many locks: library, port, how many. Says what CPU time it has used whenever it may go on. */
final class RenewalProcess {

    private RenewalProcess() {}

    public static void main(String[] args) throws Exception {
        try (Contender contender = Contenders.named(args[0], Integer.parseInt(args[1]))) {
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                contender.hold("held:" + i);
            }
            Child.say("holding");
            Child.awaitGo();
            Child.say(Long.toString(cpuNanos()));
            Child.awaitGo();
            Child.say(cpuNanos() + " " + contender.lost());
        }
        System.exit(0);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
