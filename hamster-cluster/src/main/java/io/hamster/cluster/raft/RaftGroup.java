package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.ClusterInterruptedException;
import io.hamster.cluster.raft.GroupWire.Introduction;
import io.hamster.cluster.raft.LostAcknowledgements.Awaited;
import io.hamster.file.DirectoryLock;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's place in the group: who it is, whether it may vote, and the log. May be started again once closed.
 *
 * <p>A start blocks for the disk, and with an empty directory for up to the timeout, unless this node may found a group;
 * then it goes on to wait for the others in the background.
 */
final class RaftGroup implements GroupSeat, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RaftGroup.class);

    private final RaftMember self;
    private final List<RaftMember> members;
    private final RaftSettings settings;
    private final Optional<ClusterTls> tls;
    private final Map<Part, ReplicatedPart> parts;
    private final Messenger messenger;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Ordering ordering;
    private final Proposals proposals;
    private final Changes changes;
    private final Redial redial;
    private final LostAcknowledgements lostAcknowledgements;
    private final ReentrantLock lifecycle = new ReentrantLock();
    /** Guards what the admission opens; a start waits for that with the lifecycle's lock. */
    private final ReentrantLock nodes = new ReentrantLock();

    private volatile @Nullable DirectoryLock directory;
    private volatile @Nullable Identity identity;
    private volatile @Nullable Admission admission;
    private volatile @Nullable RatisNode node;
    private volatile @Nullable GroupStateMachine machine;
    private volatile @Nullable String failure;

    /**
     * Sets the node up; nothing runs before {@link #start}.
     *
     * @param members all members by configuration, this one too
     * @param messenger not started yet
     * @param executor grows with its work, some of which waits for the disk
     */
    RaftGroup(
            RaftMember self,
            List<RaftMember> members,
            RaftSettings settings,
            Optional<ClusterTls> tls,
            Map<Part, ReplicatedPart> parts,
            Messenger messenger,
            TimeSource time,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.self = self;
        this.members = List.copyOf(members);
        this.settings = settings;
        this.tls = tls;
        this.parts = new EnumMap<>(parts);
        this.messenger = messenger;
        this.time = time;
        this.scheduler = scheduler;
        this.executor = executor;
        this.ordering = new Ordering(parts.values());
        this.proposals = new Proposals(() -> node, messenger, scheduler, executor);
        this.changes = new Changes(this, settings, scheduler, executor);
        this.redial = new Redial(this::role, this::reconnect, settings, scheduler, executor);
        this.lostAcknowledgements = new LostAcknowledgements(new Waiting(), settings, time, scheduler, executor);
        messenger.handle(Topic.GROUP, new Reception(members, proposals, executor, () -> node, this::introduction));
    }

    void start() {
        lifecycle.lock();
        try {
            if (directory != null) {
                return;
            }
            StartChecks.directory(settings);
            // Raft begins to listen only once there is a group, which may be long after the start.
            StartChecks.port(self);
            directory = StartChecks.lock(settings.directory());
            failure = null;
            try {
                enter();
                redial.start();
                lostAcknowledgements.start();
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    private void reconnect() {
        RatisNode running = node;
        if (running != null) {
            running.reconnect();
        }
    }

    private void enter() {
        OwnIdentity file = new OwnIdentity(self, settings);
        Identity known = file.read();
        UUID group = known.group();
        if (group != null) {
            identity = known;
            open(group, known.founders());
            identity = file.begun(known);
            return;
        }
        file.write(known);
        identity = known;
        List<RaftMember> others = members.stream()
                .filter(member -> !member.name().equals(self.name()))
                .toList();
        Admission begun = new Admission(
                known.peer(self), others, settings.bootstrap(), messenger, scheduler, executor, new Desk(file));
        admission = begun;
        CompletableFuture<Void> heard = begun.begin();
        if (!settings.bootstrap()) {
            await(heard);
        }
    }

    private void await(CompletableFuture<Void> heard) {
        try {
            heard.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ClusterConfigurationException("The directory " + settings.directory() + " of node '" + self.name()
                    + "' is empty and no member of a group answered within "
                    + seconds(settings.timeout())
                    + " s; for the very first start set hamster.cluster.raft.bootstrap=true on all nodes, otherwise bring"
                    + " back a member");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new ClusterConfigurationException(String.valueOf((cause == null ? e : cause).getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterInterruptedException("a member of the group", e);
        }
    }

    /** As people write it. */
    private static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    private void open(UUID group, List<Peer> founders) {
        Identity known = identity;
        if (known == null) {
            throw new IllegalStateException("No identity yet");
        }
        RatisEvents events = new RatisEvents();
        GroupStateMachine opened = new GroupStateMachine(parts, time, ordering, events);
        RatisNode running = new RatisNode(self, settings, tls, known.peer(self), group, founders, opened, ordering);
        node = running;
        machine = opened;
        events.toldBy(running);
        running.formerAddress()
                .ifPresent(former -> log.warn("Node '{}' waits for {}", self.name(), itsAddress(former, running)));
        loadLeaderClasses();
        changes.happened();
    }

    private void loadLeaderClasses() {
        try {
            executor.execute(LeaderClasses::load);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            log.debug("Node '{}' loads what a leader needs once it leads, as no thread does it before", self.name(), e);
        }
    }

    /** Why this node isn't part of a running group, if it isn't. */
    Optional<String> waitingFor() {
        String failed = failure;
        if (failed != null) {
            return Optional.of(failed);
        }
        RatisNode running = node;
        if (running != null && running.hasEnded()) {
            return Optional.of("a restart: Raft has ended here, as its log says");
        }
        if (running != null && leader().isEmpty()) {
            Optional<String> former = running.formerAddress();
            if (former.isPresent()) {
                return Optional.of(itsAddress(former.get(), running));
            }
        }
        Admission asking = admission;
        return asking == null ? Optional.empty() : asking.waitingFor();
    }

    private static String itsAddress(String former, RatisNode running) {
        return "its former address: the others look for it at " + former + ", and it is at "
                + running.self().address()
                + "; give it that address back, or empty its directory to let it join anew while a majority of the others"
                + " is running";
    }

    @Override
    public CompletionStage<byte[]> propose(Part part, byte[] command, Duration timeout) {
        return proposals.propose(part, command, timeout);
    }

    @Override
    public Optional<String> leader() {
        GroupRole role = role();
        return role.kind() == GroupRole.Kind.LEADER ? Optional.of(self.name()) : Optional.ofNullable(role.leader());
    }

    @Override
    public GroupRole role() {
        RatisNode running = node;
        return running == null ? GroupRole.OUTSIDE : running.role();
    }

    @Override
    public boolean isAlone() {
        RatisNode running = node;
        return running != null && running.voters().size() <= 1;
    }

    @Override
    public CompletionStage<Void> handOver() {
        RatisNode running = node;
        if (running == null) {
            return CompletableFuture.failedFuture(new GroupUnavailableException("The group isn't running", null));
        }
        GroupRole before = running.role();
        // From a completed future: an executor that takes no work fails the hand-over then, instead of its caller.
        return CompletableFuture.completedFuture(running)
                .thenComposeAsync(RatisNode::transfer, executor)
                .exceptionallyCompose(error -> {
                    // Ratis fails a transfer too when another node won before it could say so.
                    GroupRole now = running.role();
                    return now.kind() == before.kind() && now.term() == before.term()
                            ? CompletableFuture.failedFuture(
                                    new GroupUnavailableException("No other node took over the group", error))
                            : CompletableFuture.completedFuture(null);
                });
    }

    @Override
    public void decline(boolean declines) {
        changes.decline(declines);
    }

    @Override
    public void onChange(Runnable listener) {
        changes.add(listener);
    }

    @Override
    public void close() {
        lifecycle.lock();
        try {
            Admission asking = admission;
            if (asking != null) {
                asking.end();
            }
            DirectoryLock held = directory;
            directory = null;
            admission = null;
            redial.stop();
            lostAcknowledgements.stop();
            leave();
            if (held != null) {
                held.close();
            }
        } catch (IOException e) {
            log.warn("The directory {} couldn't be unlocked", settings.directory(), e);
        } finally {
            lifecycle.unlock();
        }
    }

    private void leave() {
        nodes.lock();
        try {
            identity = null;
            RatisNode running = node;
            node = null;
            machine = null;
            if (running != null) {
                running.close();
                changes.happened();
            }
        } finally {
            nodes.unlock();
        }
    }

    private @Nullable Introduction introduction() {
        Identity known = identity;
        if (known == null) {
            return null;
        }
        RatisNode running = node;
        Admission asking = admission;
        boolean bootstrap = asking != null && asking.mayFound();
        UUID group = known.group();
        List<Peer> voters = group != null && running != null ? running.voters() : known.founders();
        return new Introduction(known.peer(self), bootstrap, group, voters);
    }

    /** For tests: the state as applied here. */
    @Nullable
    GroupStateMachine machine() {
        return machine;
    }

    /** For tests: this node's voter. */
    Optional<Peer> peer() {
        return Optional.ofNullable(identity).map(known -> known.peer(self));
    }

    private final class RatisEvents implements GroupStateMachine.Events {

        private volatile @Nullable RatisNode source;
        /** It may break before its constructor is through. */
        private volatile boolean broken;

        void toldBy(RatisNode running) {
            source = running;
            if (broken) {
                close(running);
            }
        }

        @Override
        public void changed() {
            changes.happened();
        }

        @Override
        public void failed(Throwable cause) {
            failure = "a restart: the log in " + settings.directory() + " can't be written (" + cause + ")";
            log.error("Node '{}' leaves the group: its log can't be written", self.name(), cause);
            closeSource();
        }

        @Override
        public void outdated(String what, UnknownFormatException cause) {
            failure = "the release of Hamster that the others run: " + what + " can't be read here, "
                    + cause.getMessage();
            log.error(
                    "Node '{}' leaves the group until it runs the release that the others do: {} can't be read, {}",
                    self.name(),
                    what,
                    cause.getMessage());
            changes.happened();
        }

        @Override
        public void ended() {
            if (failure != null && !broken) {
                closeSource();
            }
        }

        private void closeSource() {
            broken = true;
            RatisNode running = source;
            if (running != null) {
                close(running);
            }
        }

        private void close(RatisNode running) {
            try {
                executor.execute(running::close);
            } catch (RejectedExecutionException e) {
                log.debug("Node '{}' is being closed, and its Raft with it", self.name(), e);
            }
        }
    }

    /** The node that is open, if one is. */
    private final class Waiting implements LostAcknowledgements.Node {

        @Override
        public Optional<Awaited> awaited() {
            RatisNode running = node;
            return running == null ? Optional.empty() : running.awaited();
        }

        @Override
        public boolean hasAgreed() {
            RatisNode running = node;
            return running != null && running.hasAgreed();
        }

        @Override
        public void startOver(Awaited inVain) {
            RatisNode running = node;
            if (running != null) {
                running.startOver(inVain);
            }
        }
    }

    private final class Desk implements Admission.Desk {

        private final OwnIdentity file;

        private Desk(OwnIdentity file) {
            this.file = file;
        }

        @Override
        public void found(UUID group, List<Peer> founders) {
            whileStarted(known -> {
                Identity member = known.member(group, founders);
                file.write(member);
                identity = member;
                open(group, founders);
                identity = file.begun(member);
            });
        }

        @Override
        public void knock(UUID group) {
            whileStarted(known -> open(group, List.of()));
        }

        @Override
        public boolean isVoter() {
            RatisNode running = node;
            return running != null && running.isVoter();
        }

        @Override
        public void enter(UUID group) {
            whileStarted(known -> identity = file.begun(known.member(group, List.of())));
        }

        private void whileStarted(Consumer<Identity> work) {
            nodes.lock();
            try {
                Identity known = identity;
                if (known != null) {
                    work.accept(known);
                }
            } finally {
                nodes.unlock();
            }
        }
    }
}
