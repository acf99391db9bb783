package io.hamster.cluster.raft.torture;

import io.hamster.cluster.JobTracker;
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

/** When a process led and what its tracker was called with, written as it goes on so that it outlives {@code kill -9}. */
final class LeaderLog implements AutoCloseable, JobTracker {

    private static final String BELIEF = "B\t";
    private static final String STARTED = "S\t";
    private static final String STOPPED = "E\t";

    private final String owner;
    private final FileChannel file;

    LeaderLog(String owner, Path path) throws IOException {
        this.owner = owner;
        this.file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void led(long number, long term, long from, long to) {
        write(BELIEF + new Belief(owner, number, term, from, to).line());
    }

    @Override
    public void onStartedLeading(long term) {
        write(STARTED + term);
    }

    @Override
    public void onStoppedLeading() {
        write(STOPPED);
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
     * What several processes believed, and callbacks that weren't paired.
     *
     * @param history one belief for each leadership that was ever seen
     * @param unpaired starts without a stop between, stops without a start
     */
    record Contents(LeaderHistory history, List<String> unpaired) {}

    static Contents read(Iterable<Path> paths) throws IOException {
        Map<String, Belief> beliefs = new TreeMap<>();
        List<String> unpaired = new ArrayList<>();
        for (Path path : paths) {
            boolean started = false;
            String text = Files.exists(path) ? Files.readString(path) : "";
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                if (line.startsWith(BELIEF)) {
                    Belief belief = Belief.parse(line.substring(BELIEF.length()));
                    beliefs.merge(belief.owner() + '\t' + belief.number(), belief, Belief::joined);
                } else {
                    boolean starts = line.startsWith(STARTED);
                    if (starts == started) {
                        unpaired.add(path.getFileName() + ": " + line);
                    }
                    started = starts;
                }
            }
        }
        return new Contents(new LeaderHistory(List.copyOf(beliefs.values())), unpaired);
    }
}
