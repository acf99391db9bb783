package io.hamster.cluster.raft;

import io.hamster.cluster.raft.ReplicatedPart.Entry;
import io.hamster.testing.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of a group that agree at once, on manual time: a log that every node applies in order, on the thread that
 * proposes, and messages between them. Commands, answers and messages can be lost, delayed and repeated, leaders can
 * change, and nodes can lag and begin from a snapshot. The first node to join leads.
 */
final class ManualGroup {

    private final ManualTime time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Map<Topic, Messenger.Handler>> handlers = new LinkedHashMap<>();
    private final Map<String, List<Runnable>> disruptions = new LinkedHashMap<>();
    private final List<Ordered> log = new ArrayList<>();
    private final Deque<Proposal> proposals = new ArrayDeque<>();
    private boolean applying;

    private @Nullable String leader;
    private long term = 1;
    private long base;
    private long leadsSince;
    private long lastStamp;
    private double rate = 1;
    private Function<byte[], Fate> commandFates = command -> Fate.GOOD;
    private Supplier<Fate> messageFates = () -> Fate.GOOD;

    /** What becomes of an answer. */
    enum Outcome {
        GIVEN,
        LOST,
        FAILED
    }

    /**
     * What becomes of a command or a message.
     *
     * @param arrives whether it is ordered or taken at all
     * @param delay how long that takes
     * @param outcome what becomes of the answer to it
     * @param again how long after it was sent a copy of it arrives, if one does
     */
    record Fate(boolean arrives, Duration delay, Outcome outcome, Optional<Duration> again) {

        static final Fate GOOD = new Fate(true, Duration.ZERO, Outcome.GIVEN, Optional.empty());
        static final Fate LOST = new Fate(false, Duration.ZERO, Outcome.LOST, Optional.empty());
        static final Fate ANSWER_LOST = new Fate(true, Duration.ZERO, Outcome.LOST, Optional.empty());

        static Fate late(Duration delay, Outcome outcome) {
            return new Fate(true, delay, outcome, Optional.empty());
        }

        static Fate repeated(Duration after) {
            return new Fate(true, Duration.ZERO, Outcome.GIVEN, Optional.of(after));
        }
    }

    private record Ordered(long index, long term, long time, byte[] command) {}

    private record Proposal(byte[] command, CompletableFuture<byte[]> answer) {}

    private static final class Member {

        private final ReplicatedPart part;
        private final Deque<Ordered> backlog = new ArrayDeque<>();
        private boolean lagging;

        private Member(ReplicatedPart part) {
            this.part = part;
        }

        private byte[] apply(Ordered entry, boolean leading) {
            return part.apply(
                    new Entry(entry.index(), entry.term(), entry.time(), leading),
                    entry.command().clone());
        }
    }

    ManualGroup(ManualTime time) {
        this.time = time;
    }

    /** Puts a node's part behind the log; it applies what came before. */
    void join(String node, ReplicatedPart part) {
        Member member = new Member(part);
        log.forEach(entry -> member.apply(entry, false));
        members.put(node, member);
        if (leader == null && members.size() == 1) {
            lead(node);
        }
    }

    GroupLog log(String node) {
        return new GroupLog() {
            @Override
            public CompletionStage<byte[]> propose(Part part, byte[] command, Duration timeout) {
                return ManualGroup.this.propose(command);
            }

            @Override
            public Optional<String> leader() {
                return Optional.ofNullable(leader);
            }
        };
    }

    Messenger messenger(String node) {
        return new Messenger() {
            @Override
            public CompletionStage<byte[]> request(String to, Topic topic, byte[] message, Duration timeout) {
                throw new UnsupportedOperationException("Locks only tell");
            }

            @Override
            public void tell(String to, Topic topic, byte[] message) {
                deliver(node, to, topic, message);
            }

            @Override
            public void tellAll(Topic topic, byte[] message) {
                throw new UnsupportedOperationException("Locks only tell one");
            }

            @Override
            public void handle(Topic topic, Handler handler) {
                handlers.computeIfAbsent(node, none -> new LinkedHashMap<>()).put(topic, handler);
            }

            @Override
            public void onDisruption(Runnable listener) {
                disruptions.computeIfAbsent(node, none -> new ArrayList<>()).add(listener);
            }
        };
    }

    // --- faults

    /** What becomes of commands from now on. */
    void commands(Function<byte[], Fate> fates) {
        commandFates = fates;
    }

    /** What becomes of the next command; those after it are well. */
    void nextCommand(Fate fate) {
        commandFates = command -> {
            commandFates = next -> Fate.GOOD;
            return fate;
        };
    }

    /** What becomes of messages from now on. */
    void messages(Supplier<Fate> fates) {
        messageFates = fates;
    }

    /** How fast table time goes, compared with the nodes' clocks. */
    void rate(double value) {
        base = tableTime();
        leadsSince = time.nanoTime();
        rate = value;
    }

    /** From now on a node applies nothing, until it catches up. */
    void lag(String node) {
        members.get(node).lagging = true;
    }

    void catchUp(String node) {
        Member member = members.get(node);
        undisturbed(() -> {
            for (Ordered entry; (entry = member.backlog.poll()) != null; ) {
                member.apply(entry, false);
            }
            member.lagging = false;
        });
    }

    /** The group has no leader any more. */
    void loseLeader() {
        String last = leader;
        leader = null;
        if (last != null) {
            members.get(last).part.leading(false, term);
        }
    }

    /** A node leads from now on; table time goes on from the last entry, and some more if it is to be wrong. */
    void lead(String node, Duration jump) {
        loseLeader();
        catchUp(node);
        term++;
        base = lastStamp + jump.toNanos();
        leadsSince = time.nanoTime();
        leader = node;
        members.get(node).part.leading(true, term);
    }

    void lead(String node) {
        lead(node, Duration.ZERO);
    }

    /** A node forgets its state and gets it back as a snapshot. */
    void restore(String node) {
        Member member = members.get(node);
        undisturbed(() -> {
            byte[] snapshot = snapshot(member.part);
            member.part.reset();
            try {
                member.part.readFrom(new DataInputStream(new ByteArrayInputStream(snapshot)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Works on a part with no entry in between; what is proposed meanwhile comes after. */
    private void undisturbed(Runnable work) {
        lock.lock();
        try {
            if (applying) {
                throw new IllegalStateException("Entries are being applied");
            }
            applying = true;
        } finally {
            lock.unlock();
        }
        work.run();
        drain();
    }

    void disrupt() {
        disruptions.values().forEach(each -> each.forEach(Runnable::run));
    }

    static byte[] snapshot(ReplicatedPart part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            part.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** How many entries there are. */
    int entries() {
        return log.size();
    }

    /** The commands of the entries from that one on. */
    List<byte[]> commandsFrom(int from) {
        return log.subList(from, log.size()).stream().map(Ordered::command).toList();
    }

    /** What every node has now, as snapshots, those of lagging nodes left out. */
    List<byte[]> snapshots() {
        return members.values().stream()
                .filter(member -> !member.lagging)
                .map(member -> snapshot(member.part))
                .toList();
    }

    // --- the log

    private CompletionStage<byte[]> propose(byte[] command) {
        if (leader == null) {
            return CompletableFuture.failedFuture(new GroupUnavailableException("No leader", null));
        }
        Fate fate = commandFates.apply(command);
        CompletableFuture<byte[]> ordered = new CompletableFuture<>();
        if (fate.arrives()) {
            after(fate.delay(), () -> order(new Proposal(command, ordered)));
        }
        fate.again().ifPresent(delay -> after(delay, () -> order(new Proposal(command, new CompletableFuture<>()))));
        return switch (fate.outcome()) {
            case GIVEN -> ordered;
            case LOST -> new CompletableFuture<>();
            case FAILED -> CompletableFuture.failedFuture(new GroupUnavailableException("The leader was lost", null));
        };
    }

    private void order(Proposal proposal) {
        lock.lock();
        try {
            proposals.add(proposal);
            if (applying) {
                // Whoever applies comes to it, be it this thread in the middle of an entry.
                return;
            }
            applying = true;
        } finally {
            lock.unlock();
        }
        drain();
    }

    private void drain() {
        for (Proposal next; (next = next()) != null; ) {
            if (leader == null) {
                next.answer().completeExceptionally(new GroupUnavailableException("The leader was lost", null));
            } else {
                next.answer().complete(append(next.command()));
            }
        }
    }

    private @Nullable Proposal next() {
        lock.lock();
        try {
            Proposal next = proposals.poll();
            applying = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private byte[] append(byte[] command) {
        lastStamp = tableTime();
        Ordered entry = new Ordered(log.size() + 1L, term, lastStamp, command);
        log.add(entry);
        byte[] answer = new byte[0];
        for (Map.Entry<String, Member> each : members.entrySet()) {
            Member member = each.getValue();
            if (each.getKey().equals(leader)) {
                answer = member.apply(entry, true);
            } else if (member.lagging) {
                member.backlog.add(entry);
            } else {
                member.apply(entry, false);
            }
        }
        return answer;
    }

    private long tableTime() {
        return Math.max(lastStamp, base + (long) ((time.nanoTime() - leadsSince) * rate));
    }

    // --- messages

    private void deliver(String from, String to, Topic topic, byte[] message) {
        Fate fate = messageFates.get();
        Messenger.Handler handler = handlers.getOrDefault(to, Map.of()).get(topic);
        if (handler == null) {
            return;
        }
        if (fate.arrives()) {
            after(fate.delay(), () -> handler.received(from, message));
        }
        fate.again().ifPresent(delay -> after(delay, () -> handler.received(from, message)));
    }

    private void after(Duration delay, Runnable work) {
        if (delay.isZero()) {
            work.run();
        } else {
            time.scheduler().schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
