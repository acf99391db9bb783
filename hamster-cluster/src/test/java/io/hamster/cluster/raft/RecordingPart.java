package io.hamster.cluster.raft;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A part that counts its commands; equal states have the same {@link #summary}. Commands that begin with an exclamation
 * mark are those of a newer release.
 */
final class RecordingPart implements ReplicatedPart {

    private final boolean newer;
    private final List<String> turns = new CopyOnWriteArrayList<>();
    private long count;
    private long hash;
    private long time;
    private volatile String summary = "";

    /** What {@link #apply} answered: how many commands there were, and the table's time. */
    record Applied(long count, long time) {

        static Applied of(byte[] answer) {
            ByteBuffer bytes = ByteBuffer.wrap(answer);
            return new Applied(bytes.getLong(), bytes.getLong());
        }
    }

    RecordingPart() {
        this(false);
    }

    /** A part of this release, or of a newer one. */
    RecordingPart(boolean newer) {
        this.newer = newer;
    }

    @Override
    public void requireKnown(byte[] command) throws UnknownFormatException {
        if (!newer && command.length > 0 && command[0] == '!') {
            throw new UnknownFormatException("it is of a newer release");
        }
    }

    @Override
    public byte[] apply(Entry entry, byte[] command) {
        count++;
        hash = hash * 31 + Arrays.hashCode(command) + entry.time();
        time = entry.time();
        summarize();
        return ByteBuffer.allocate(16).putLong(count).putLong(entry.time()).array();
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeLong(count);
        out.writeLong(hash);
        out.writeLong(time);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        count = in.readLong();
        hash = in.readLong();
        time = in.readLong();
        summarize();
    }

    @Override
    public void reset() {
        count = 0;
        hash = 0;
        time = 0;
        summarize();
    }

    @Override
    public void leading(boolean here, long term) {
        turns.add((here ? "begins " : "ends ") + term);
    }

    /** The whole state. */
    String summary() {
        return summary;
    }

    /** When this node began and ceased to order the entries. */
    List<String> turns() {
        return turns;
    }

    private void summarize() {
        summary = count + " commands, hash " + hash + ", time " + time;
    }
}
