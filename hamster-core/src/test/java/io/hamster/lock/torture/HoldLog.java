package io.hamster.lock.torture;

import io.hamster.lock.LockHistory;
import io.hamster.lock.LockHistory.Hold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one process held, written as it goes on so that it outlives {@code kill -9}: of each handle a line now and then
 * with how long it has been valid. Thread-safe.
 */
public final class HoldLog implements AutoCloseable {

    private static final String HOLD = "H\t";
    private static final String FAULT = "!\t";

    private final FileChannel file;

    public HoldLog(Path path) {
        try {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A handle was valid all the time from one moment to the other. */
    void held(Hold hold) {
        write(HOLD + hold.line());
    }

    /** A handle didn't keep its word. */
    void fault(String what) {
        write(FAULT + what);
    }

    /** One call a line: channels that append write each of them whole. */
    private void write(String line) {
        try {
            file.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /**
     * What several processes held and what they complained of.
     *
     * @param history one hold for each handle that was ever seen valid
     * @param faults handles that didn't keep their word
     */
    public record Contents(LockHistory history, List<String> faults) {}

    /** Reads logs, of ended processes or running ones. */
    public static Contents read(Iterable<Path> paths) {
        Map<String, Hold> holds = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (Path path : paths) {
            for (String line : wholeLines(path)) {
                if (line.startsWith(HOLD)) {
                    Hold hold = Hold.parse(line.substring(HOLD.length()));
                    holds.merge(hold.key() + '\t' + hold.owner() + '\t' + hold.fence(), hold, HoldLog::joined);
                } else {
                    faults.add(path.getFileName() + ": " + line.substring(FAULT.length()));
                }
            }
        }
        LockHistory history = new LockHistory();
        holds.values().forEach(history::add);
        return new Contents(history, faults);
    }

    private static Hold joined(Hold one, Hold other) {
        return new Hold(
                one.key(),
                one.owner(),
                one.fence(),
                Math.min(one.from(), other.from()),
                Math.max(one.to(), other.to()));
    }

    private static List<String> wholeLines(Path path) {
        try {
            String text = Files.readString(path);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
