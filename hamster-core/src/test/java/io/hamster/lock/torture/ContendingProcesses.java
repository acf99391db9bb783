package io.hamster.lock.torture;

import io.hamster.testing.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A number of processes that contend, each of which can be killed and replaced. For one thread. */
public final class ContendingProcesses implements AutoCloseable {

    private final Starter starter;
    private final Path directory;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Path> logs = new ArrayList<>();

    /** Starts one process whose main class runs {@link Contenders}. */
    public interface Starter {

        /**
         * Starts it.
         *
         * @param index which of the processes, from 0
         * @param owner its name in the history
         * @param log where it is to log what it holds
         * @param output where what it prints goes
         */
        JavaProcess start(int index, String owner, Path log, Path output);
    }

    private static final class Slot {

        private final int index;
        private int lives;
        private String owner = "";
        private JavaProcess process;

        private Slot(int index) {
            this.index = index;
        }
    }

    public ContendingProcesses(int count, Path directory, Starter starter) {
        this.starter = starter;
        this.directory = directory;
        for (int i = 0; i < count; i++) {
            slots.add(new Slot(i));
            start(i);
        }
    }

    private void start(int index) {
        Slot slot = slots.get(index);
        slot.owner = "process-" + slot.index + "-life-" + ++slot.lives;
        Path log = directory.resolve(slot.owner + ".log");
        logs.add(log);
        slot.process = starter.start(index, slot.owner, log, directory.resolve("output-" + index));
    }

    public int count() {
        return slots.size();
    }

    /** Kills one and starts another in its place; the name of the killed one. */
    public String replace(int index) {
        String killed = slots.get(index).owner;
        slots.get(index).process.kill();
        start(index);
        return killed;
    }

    public void pause(int index) {
        slots.get(index).process.pause();
    }

    public void resume(int index) {
        slots.get(index).process.resume();
    }

    /** Fails if one ended by itself. */
    public void requireAlive() {
        for (Slot slot : slots) {
            if (!slot.process.isAlive()) {
                throw new IllegalStateException(slot.owner + " ended with " + slot.process.exitValue());
            }
        }
    }

    /** Lets all of them come to their end and reads what they and those before them logged. */
    public HoldLog.Contents end() {
        for (Slot slot : slots) {
            slot.process.end();
            if (slot.process.exitValue() != 0) {
                throw new IllegalStateException(slot.owner + " ended with " + slot.process.exitValue());
            }
        }
        // Who was killed before it began has none.
        return HoldLog.read(logs.stream().filter(Files::exists).toList());
    }

    @Override
    public void close() {
        slots.forEach(slot -> slot.process.close());
    }
}
