package io.hamster.cache.torture;

import io.hamster.cache.invalidation.BadChannel.Treatment;
import io.hamster.testing.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A number of processes that use shared caches, in cycles of three parts: the channel is bad while they write; it stays so
 * while nobody writes, so that the last messages are lost and nothing follows that would tell; then it is good, and once
 * it has been so for a while times are quiet. For one thread.
 */
public final class CacheRun implements AutoCloseable {

    /** How many there are. */
    public static final int PROCESSES = 3;

    /** Of the news; short, so that a run sees it pass many times. */
    public static final Duration NEWS_BOUND = Duration.ofSeconds(1);

    /** How late the bad channel is: a message that late still counts as a sign of life. */
    public static final Duration LONGEST_DELAY = Duration.ofMillis(300);

    /** How late a thread may be because others have the processors. */
    public static final Duration SLACK = Duration.ofMillis(500);

    /** How stale reads may be. */
    public static final Duration BOUND = NEWS_BOUND.plus(LONGEST_DELAY).plus(SLACK);

    /** How stale reads may be when nothing is disturbed: messages are in time, threads may be late all the same. */
    public static final Duration QUIET_BOUND = NEWS_BOUND.plus(SLACK);

    private static final long READY_WITHIN_NANOS = Duration.ofSeconds(30).toNanos();

    private final SharedSource source;
    private final Consumer<Duration> pass;
    private final List<Path> logs = new ArrayList<>();
    private final List<JavaProcess> processes = new ArrayList<>();

    /** Starts one process whose main class runs {@link CacheUsers}. */
    public interface Starter {

        /**
         * Starts it.
         *
         * @param index which of the processes, from 0
         * @param source the file that they share
         * @param log where it is to log what it sees
         * @param output where what it prints goes
         */
        JavaProcess start(int index, Path source, Path log, Path output);
    }

    /**
     * What a run gave.
     *
     * @param history what all of them read and changed
     * @param loads how often their loaders ran
     * @param faults what must not happen at all
     */
    public record Result(CacheHistory history, long loads, List<String> faults) {

        /** What can't be: empty if all is well. */
        public List<String> violations() {
            List<String> all = new ArrayList<>(faults);
            all.addAll(history.violations(BOUND, QUIET_BOUND));
            return all;
        }

        @Override
        public String toString() {
            return history.reads() + " reads, " + loads + " loads, " + history.changes() + " changes, at worst "
                    + history.worst(false).toMillis() + " ms stale and "
                    + history.worst(true).toMillis() + " ms in quiet times";
        }
    }

    /**
     * Starts the processes.
     *
     * @param pass lets time pass
     */
    public CacheRun(Path directory, Consumer<Duration> pass, Starter starter) {
        this.pass = pass;
        Path file = directory.resolve("source");
        source = SharedSource.open(file);
        source.disturb(Treatment.GOOD);
        source.setWriting(true);
        for (int i = 0; i < PROCESSES; i++) {
            Path log = directory.resolve("log-" + i);
            logs.add(log);
            processes.add(starter.start(i, file, log, directory.resolve("output-" + i)));
        }
        awaitUse();
    }

    /** Nothing is to be disturbed before the caches are full. */
    private void awaitUse() {
        long end = System.nanoTime() + READY_WITHIN_NANOS;
        while (source.countReady() < PROCESSES) {
            requireAlive();
            if (System.nanoTime() - end > 0) {
                close();
                throw new IllegalStateException("Only " + source.countReady() + " processes are ready");
            }
            pass.accept(Duration.ofMillis(50));
        }
        pass.accept(NEWS_BOUND);
    }

    /**
     * Goes through one cycle.
     *
     * @param treatment while the channel is bad
     * @param more what else is disturbed meanwhile
     */
    public void cycle(Treatment treatment, Runnable more) {
        source.disturb(treatment);
        pass.accept(NEWS_BOUND);
        more.run();
        source.setWriting(false);
        // That an instance hears nobody else is found out once, so it must not last.
        source.disturb(treatment == Treatment.NOTHING ? Treatment.NO_NEWS : treatment);
        pass.accept(BOUND.plus(NEWS_BOUND));
        source.setWriting(true);
        calm();
        pass.accept(NEWS_BOUND.multipliedBy(3));
        requireAlive();
    }

    private void calm() {
        source.calm(System.nanoTime() + 2 * NEWS_BOUND.toNanos());
    }

    private void requireAlive() {
        for (JavaProcess process : processes) {
            if (!process.isAlive()) {
                throw new IllegalStateException("A process ended with " + process.exitValue());
            }
        }
    }

    /** Has all of them agree on what the source has, and reads what they logged. */
    public Result end() {
        source.setWriting(false);
        calm();
        pass.accept(BOUND.plus(NEWS_BOUND));
        processes.parallelStream().forEach(JavaProcess::end);
        for (JavaProcess process : processes) {
            if (process.exitValue() != 0) {
                throw new IllegalStateException("A process ended with " + process.exitValue());
            }
        }
        return UserLog.read(logs);
    }

    @Override
    public void close() {
        processes.forEach(JavaProcess::close);
    }
}
