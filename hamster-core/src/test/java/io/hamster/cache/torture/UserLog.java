package io.hamster.cache.torture;

import io.hamster.cache.torture.CacheHistory.Change;
import io.hamster.cache.torture.CacheHistory.Read;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What one process read and changed. Thread-safe. */
public final class UserLog implements AutoCloseable {

    private static final String READ = "R\t";
    private static final String CHANGE = "C\t";
    private static final String LOADS = "L\t";
    private static final String FAULT = "!\t";

    private final BufferedWriter out;

    public UserLog(Path path) {
        try {
            out = Files.newBufferedWriter(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void read(Read read) {
        write(READ + read.line());
    }

    void changed(Change change) {
        write(CHANGE + change.line());
    }

    void loads(long count) {
        write(LOADS + count);
    }

    /** Something happened that must not. */
    void fault(String what) {
        write(FAULT + what);
    }

    /** One call a line: writers take each of them whole. */
    private void write(String line) {
        try {
            out.write(line + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Reads the logs of ended processes. */
    static CacheRun.Result read(Iterable<Path> paths) {
        CacheHistory history = new CacheHistory();
        List<String> faults = new ArrayList<>();
        long[] loads = new long[1];
        for (Path path : paths) {
            try (Stream<String> lines = Files.lines(path)) {
                lines.forEach(line -> {
                    String rest = line.substring(READ.length());
                    switch (line.substring(0, READ.length())) {
                        case READ -> history.add(Read.parse(rest));
                        case CHANGE -> history.add(Change.parse(rest));
                        case LOADS -> loads[0] += Long.parseLong(rest);
                        default -> faults.add(path.getFileName() + ": " + rest);
                    }
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new CacheRun.Result(history, loads[0], faults);
    }
}
