package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The register of who leads: one lease, which a leader confirms with beats and gives up with a release. Both count only
 * in the term they were made for, and only if their process made nothing later that was applied before.
 */
final class LeadershipPart implements ReplicatedPart {

    private static final Logger log = LoggerFactory.getLogger(LeadershipPart.class);
    private static final byte BEAT = 1;
    private static final byte RELEASE = 2;
    private static final byte ACCEPTED = 1;
    private static final byte REJECTED = 0;
    private static final long MAX_LEASE = Duration.ofHours(1).toNanos();

    private final TimeSource time;
    private volatile @Nullable Held held;
    private volatile Runnable listener = () -> {};

    LeadershipPart(TimeSource time) {
        this.time = time;
    }

    /**
     * The lease.
     *
     * @param node who holds it
     * @param process that node's elector, unlike any other ever
     * @param term the term it was confirmed in last
     * @param sequence of the process' last beat or release
     * @param lease nanoseconds from a beat's sending to its end: the most that this process ever asked for
     * @param released whether it was given up
     */
    record Register(String node, UUID process, long term, long sequence, long lease, boolean released) {

        boolean isHeldBy(UUID other) {
            return process.equals(other);
        }
    }

    /**
     * The lease as this node knows it.
     *
     * @param at the reading of this node's clock when it came here, after its last beat was sent wherever that was
     */
    record Held(Register register, long at) {}

    static byte[] beat(Register asked) {
        return command(BEAT, asked);
    }

    static byte[] release(Register held) {
        return command(RELEASE, held);
    }

    static boolean isAccepted(byte[] answer) {
        return answer.length == 1 && answer[0] == ACCEPTED;
    }

    Optional<Register> register() {
        return held().map(Held::register);
    }

    Optional<Held> held() {
        return Optional.ofNullable(held);
    }

    /** Sets who is told, on the thread that applies entries, when a beat or release was accepted. */
    void onAccepted(Runnable told) {
        listener = told;
    }

    @Override
    public void requireKnown(byte[] command) throws UnknownFormatException {
        if (command.length == 0 || !isKnown(command[0])) {
            throw new UnknownFormatException("it has "
                    + (command.length == 0 ? "no command" : "a command of kind " + command[0])
                    + " for the leader's lease, and this release knows " + BEAT + " and " + RELEASE);
        }
    }

    private static boolean isKnown(byte kind) {
        return kind == BEAT || kind == RELEASE;
    }

    @Override
    public byte[] apply(Entry entry, byte[] command) {
        boolean accepted = read(command)
                .filter(parsed -> parsed.register().term() == entry.term())
                .map(this::accept)
                .orElse(false);
        if (accepted) {
            tell();
        }
        return new byte[] {accepted ? ACCEPTED : REJECTED};
    }

    private void tell() {
        try {
            listener.run();
        } catch (Throwable e) {
            // What comes of it isn't state: thrown on, it would end Raft on this node for good.
            log.error("This node's elector wasn't told of a beat and looks by itself", e);
        }
    }

    private boolean accept(Command command) {
        Register asked = command.register();
        boolean release = command.kind() == RELEASE;
        Register before = register().orElse(null);
        if (before == null || !before.isHeldBy(asked.process())) {
            if (!release) {
                hold(asked);
            }
            return !release;
        }
        if (asked.sequence() <= before.sequence()) {
            return false;
        }
        long lease = Math.max(before.lease(), asked.lease());
        hold(new Register(asked.node(), asked.process(), asked.term(), asked.sequence(), lease, release));
        return true;
    }

    private void hold(Register register) {
        held = new Held(register, time.nanoTime());
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        Register register = register().orElse(null);
        out.writeBoolean(register != null);
        if (register != null) {
            write(out, register);
            out.writeBoolean(register.released());
        }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        if (!in.readBoolean()) {
            held = null;
            return;
        }
        Register read = read(in);
        hold(new Register(read.node(), read.process(), read.term(), read.sequence(), read.lease(), in.readBoolean()));
    }

    @Override
    public void reset() {
        held = null;
    }

    private record Command(byte kind, Register register) {}

    private static byte[] command(byte kind, Register register) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(kind);
            write(out, register);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory was refused", e);
        }
        return bytes.toByteArray();
    }

    private static Optional<Command> read(byte[] command) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(command))) {
            byte kind = in.readByte();
            Register asked = read(in);
            return isKnown(kind) && asked.lease() > 0 && asked.lease() <= MAX_LEASE
                    ? Optional.of(new Command(kind, asked))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void write(DataOutput out, Register register) throws IOException {
        out.writeUTF(register.node());
        out.writeLong(register.process().getMostSignificantBits());
        out.writeLong(register.process().getLeastSignificantBits());
        out.writeLong(register.term());
        out.writeLong(register.sequence());
        out.writeLong(register.lease());
    }

    private static Register read(DataInput in) throws IOException {
        return new Register(
                in.readUTF(),
                new UUID(in.readLong(), in.readLong()),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                false);
    }
}
