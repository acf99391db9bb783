package io.hamster.cache.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link WritingProcess}es were told and what their source has. */
public final class WritingLogs {

    private final Path directory;

    public WritingLogs(Path directory) {
        this.directory = directory;
    }

    /** How much was acknowledged so far. */
    public long acknowledgedBytes() {
        try {
            Path log = directory.resolve("acknowledged");
            return Files.exists(log) ? Files.size(log) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long acknowledged() {
        return lines("acknowledged").size();
    }

    /** Keys of which the source has less than was acknowledged, or whose order was broken; none if all is well. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        Map<String, Long> values = new HashMap<>();
        Map<String, Long> sequences = new HashMap<>();
        for (String[] line : lines("stored")) {
            String key = line[0];
            long sequence = Long.parseLong(line[1]);
            long value = Long.parseLong(line[2]);
            Long before = sequences.put(key, sequence);
            Long valueBefore = values.put(key, value);
            // The same again is a repeat after a crash; a lower one would have overwritten a newer value.
            if (before != null && (sequence < before || (sequence == before) != value(valueBefore, value))) {
                faults.add(key + " went from " + before + "=" + valueBefore + " to " + sequence + "=" + value);
            }
        }
        Map<String, Long> acknowledged = new HashMap<>();
        for (String[] line : lines("acknowledged")) {
            if (line.length > 2) {
                faults.add(line[0] + " didn't read what was just put: " + line[2]);
            } else {
                acknowledged.merge(line[0], Long.parseLong(line[1]), Math::max);
            }
        }
        acknowledged.forEach((key, value) -> {
            Long there = values.get(key);
            if (there == null || there < value) {
                faults.add(key + " was acknowledged as " + value + " but is stored as " + there);
            }
        });
        return faults;
    }

    private static boolean value(Long before, long now) {
        return before != null && before == now;
    }

    private List<String[]> lines(String log) {
        try {
            return Files.readAllLines(directory.resolve(log)).stream()
                    .map(line -> line.split(" "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
