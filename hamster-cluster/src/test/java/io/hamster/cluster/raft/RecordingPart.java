package io.hamster.cluster.raft;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A part that counts its commands, those with an id {@link #once}; equal states have the same {@link #summary}. Commands
 * that begin with an exclamation mark are those of a newer release.
 */
final class RecordingPart implements ReplicatedPart {

    private static final String ID = " #";

    private final boolean newer;
    private final List<String> turns = new CopyOnWriteArrayList<>();
    /** What commands with an id were answered. */
    private final Map<String, Applied> once = new TreeMap<>();

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

        private byte[] answer() {
            return ByteBuffer.allocate(16).putLong(count).putLong(time).array();
        }
    }

    /** A command that counts once however often it is agreed on, as when a proposal was given up too early. */
    static byte[] once(String command) {
        return (command + ID + UUID.randomUUID()).getBytes();
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
        String text = new String(command);
        if (!text.contains(ID)) {
            return count(entry, command).answer();
        }
        return once.computeIfAbsent(text, first -> count(entry, command)).answer();
    }

    private Applied count(Entry entry, byte[] command) {
        count++;
        hash = hash * 31 + Arrays.hashCode(command) + entry.time();
        time = entry.time();
        summarize();
        return new Applied(count, time);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeLong(count);
        out.writeLong(hash);
        out.writeLong(time);
        out.writeInt(once.size());
        for (Map.Entry<String, Applied> each : once.entrySet()) {
            out.writeUTF(each.getKey());
            out.write(each.getValue().answer());
        }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        count = in.readLong();
        hash = in.readLong();
        time = in.readLong();
        once.clear();
        for (int left = in.readInt(); left > 0; left--) {
            String command = in.readUTF();
            byte[] answer = new byte[16];
            in.readFully(answer);
            once.put(command, Applied.of(answer));
        }
        summarize();
    }

    @Override
    public void reset() {
        count = 0;
        hash = 0;
        time = 0;
        once.clear();
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
