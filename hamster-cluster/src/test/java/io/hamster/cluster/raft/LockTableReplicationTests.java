package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cluster.raft.LockCommand.Renew;
import io.hamster.cluster.raft.LockCommand.Renew.Lease;
import io.hamster.cluster.raft.LockCommand.Sent;
import io.hamster.cluster.raft.LockCommand.Wanted;
import io.hamster.cluster.raft.ReplicatedPart.Entry;
import io.hamster.lock.LockToken;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of the table stay equal, whatever the log holds and wherever they begin. */
class LockTableReplicationTests {

    private record Seen(Entry entry, byte[] command) {}

    /** Entries of every kind, of few sessions for few keys so that they meet, some of them repeated. */
    private static List<Seen> randomLog(long seed, int length) {
        Random random = new Random(seed);
        List<Seen> log = new ArrayList<>();
        long now = random.nextLong(1000);
        for (int i = 1; i <= length; i++) {
            now += random.nextInt(4) == 0
                    ? random.nextLong(Duration.ofSeconds(3).toNanos())
                    : random.nextInt(1000);
            long stamp = now
                    + random.nextLong(Duration.ofSeconds(4).toNanos())
                    - Duration.ofSeconds(1).toNanos();
            byte[] command = random.nextInt(8) == 0 && !log.isEmpty()
                    ? log.get(random.nextInt(log.size())).command()
                    : new Sent(random.nextInt(3), stamp, randomCommand(random)).toBytes();
            log.add(new Seen(new Entry(i, 1, now, false), command));
        }
        return log;
    }

    private static LockCommand randomCommand(Random random) {
        String key = "k" + random.nextInt(4);
        LockToken token = new LockToken("c" + random.nextInt(3), random.nextInt(20));
        long lease = 1 + random.nextLong(Duration.ofSeconds(5).toNanos());
        long patience = random.nextBoolean()
                ? 0
                : random.nextLong(Duration.ofSeconds(20).toNanos());
        Wanted wanted = new Wanted(key, token, "owner", "node", lease, patience);
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> new LockCommand.Acquire(wanted);
            case 5 -> new LockCommand.HandOver(new LockToken("c0", random.nextInt(20)), wanted);
            case 6 -> new Renew(List.of(new Lease(key, token, lease), new Lease("k0", token, lease)));
            case 7, 8 -> new LockCommand.Release(key, token, random.nextBoolean() ? 0 : lease);
            case 9 -> new LockCommand.ForceRelease(key);
            case 10 -> random.nextBoolean() ? new LockCommand.KeepAlive() : new LockCommand.Tick();
            default -> random.nextBoolean() ? new LockCommand.Status(key) : new LockCommand.ListHeld(3, 0);
        };
    }

    private static LockTable newTable() {
        return new LockTable();
    }

    private static LockTable copyOf(LockTable table) throws IOException {
        LockTable copy = newTable();
        copy.readFrom(new DataInputStream(new ByteArrayInputStream(ManualGroup.snapshot(table))));
        return copy;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void goesOnFromASnapshotAsIfItHadSeenEverything(long seed) throws Exception {
        LockTable whole = newTable();
        LockTable restored = newTable();
        Random random = new Random(seed);
        int most = 0;
        for (Seen seen : randomLog(seed, 3000)) {
            if (random.nextInt(20) == 0) {
                restored = copyOf(restored);
                assertThat(ManualGroup.snapshot(restored)).isEqualTo(ManualGroup.snapshot(whole));
            }
            byte[] answer = whole.apply(seen.entry(), seen.command());
            assertThat(restored.apply(seen.entry(), seen.command())).isEqualTo(answer);
            most = Math.max(most, whole.state().patience.size());
        }

        assertThat(ManualGroup.snapshot(restored)).isEqualTo(ManualGroup.snapshot(whole));
        assertThat(most).isGreaterThan(3);
        assertThat(whole.state().lastFence).isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void keepsItsOrderBetweenEntries(long seed) {
        LockTable table = newTable();
        for (Seen seen : randomLog(seed, 5000)) {
            table.apply(seen.entry(), seen.command());
            LockState state = table.state();
            state.lines.forEach((key, line) -> {
                assertThat(line.isEmpty()).isFalse();
                assertThat(line.offered).isNotEqualTo(state.held.containsKey(key));
                assertThat(line.dueAt()).isGreaterThan(seen.entry().time());
            });
            assertThat(state.leases.earliest()).isGreaterThan(seen.entry().time());
            assertThat(state.turns.size()).isEqualTo(state.lines.size());
            assertThat(state.leases.size()).isEqualTo(state.held.size());
            assertThat(state.memories.size()).isEqualTo(state.tombstones.size());
            assertThat(state.signsOfLife.size()).isEqualTo(state.sessions.size());
            assertThat(state.sessions.values().stream()
                            .mapToInt(session -> session.waiters.size())
                            .sum())
                    .isEqualTo(state.patience.size());
        }
    }

    @Test
    void answersWhateverBytesComeAndStaysEqual() {
        LockTable one = newTable();
        LockTable other = newTable();
        Random random = new Random(42);
        List<Seen> honest = randomLog(42, 10_000);
        int malformed = 0;
        for (Seen seen : honest) {
            byte[] command = spoilt(seen.command(), random);
            byte[] answer = one.apply(seen.entry(), command);
            assertThat(other.apply(seen.entry(), command.clone())).isEqualTo(answer);
            malformed += answer[1] == new LockReply.Malformed().kind() ? 1 : 0;
        }

        assertThat(ManualGroup.snapshot(one)).isEqualTo(ManualGroup.snapshot(other));
        assertThat(malformed).isBetween(3000, 9000);
        assertThat(one.state().lastFence).isGreaterThan(100);
    }

    private static byte[] spoilt(byte[] command, Random random) {
        byte[] spoilt = command.clone();
        switch (random.nextInt(5)) {
            case 0 -> random.nextBytes(spoilt);
            case 1 -> spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> spoilt = Arrays.copyOf(spoilt, random.nextInt(spoilt.length + 20));
            case 3 -> {
                // Of the right version and some kind, and nonsense from there on.
                byte kind = spoilt[1];
                random.nextBytes(spoilt);
                spoilt[0] = LockCommand.VERSION;
                spoilt[1] = kind;
            }
            default -> {
                return spoilt;
            }
        }
        return spoilt;
    }

    @Test
    void refusesASnapshotOfAnotherVersionAndKeepsWhatItHas() {
        TableRun run = new TableRun();
        run.granted(TableRun.token("a"));
        byte[] snapshot = ManualGroup.snapshot(run.table);
        byte[] foreign = snapshot.clone();
        foreign[0]++;

        assertThatExceptionOfType(UnknownFormatException.class)
                .isThrownBy(() -> run.table.readFrom(new DataInputStream(new ByteArrayInputStream(foreign))))
                .withMessageContaining("run the release that wrote it");

        assertThat(ManualGroup.snapshot(run.table)).isEqualTo(snapshot);
    }

    @Test
    void beginsAnewWhenReset() {
        TableRun run = new TableRun();
        run.granted(TableRun.token("a"));

        run.table.reset();

        assertThat(ManualGroup.snapshot(run.table)).isEqualTo(ManualGroup.snapshot(newTable()));
    }
}
