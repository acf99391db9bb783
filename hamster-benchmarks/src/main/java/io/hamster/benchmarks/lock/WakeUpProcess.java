package io.hamster.benchmarks.lock;

import io.hamster.benchmarks.process.Child;

/** The JVM that waits for a lock which another holds: library, port, how often. Says when it got it. */
final class WakeUpProcess {

    static final String KEY = "handed over";

    private WakeUpProcess() {}

    public static void main(String[] args) throws Exception {
        try (Contender contender = Contenders.named(args[0], Integer.parseInt(args[1]))) {
            contender.lockAndUnlock("first");
            Child.say("ready");
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                Child.awaitGo();
                Child.say("waiting");
                contender.waitAndUnlock(KEY, () -> Child.say(Long.toString(System.nanoTime())));
            }
        }
        System.exit(0);
    }
}
