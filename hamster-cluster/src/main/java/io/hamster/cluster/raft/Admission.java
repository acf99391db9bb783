package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.raft.GroupWire.Introduction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a node that was never a voter into a group. Round by round it asks the other members who they are:
 *
 * <ul>
 *   <li>If one belongs to a group that has this node's voter in it, this node is a founder who hadn't heard yet.
 *   <li>If one belongs to a group otherwise, this node asks to be taken in, in place of what it was before.
 *   <li>If none does, and all are there, all empty and all allowed to, they found a group: the same, since its id and its
 *       voters follow from what all of them said.
 * </ul>
 */
final class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int ROUNDS_BETWEEN_LOGS = 50;

    private final Peer self;
    private final List<RaftMember> others;
    private final boolean bootstrap;
    private final Messenger messenger;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Desk desk;
    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private volatile @Nullable UUID joining;
    private volatile String waitingFor = "the first answers";
    private volatile boolean ended;
    private int rounds;

    Admission(
            Peer self,
            List<RaftMember> others,
            boolean bootstrap,
            Messenger messenger,
            ScheduledExecutorService scheduler,
            Executor executor,
            Desk desk) {
        this.self = self;
        this.others = List.copyOf(others);
        this.bootstrap = bootstrap;
        this.messenger = messenger;
        this.scheduler = scheduler;
        this.executor = executor;
        this.desk = desk;
    }

    /** What is done about what was found out; called one at a time, and may block. */
    interface Desk {

        /** This node is a founder of the group. */
        void found(UUID group, List<Peer> founders);

        /** This node waits to be taken into the group. */
        void knock(UUID group);

        /** Whether it has been. */
        boolean isVoter();

        /** It has been, and everybody knows. */
        void enter(UUID group);
    }

    /** Begins; completes once a member was heard of that belongs to a group, or this node founded one. */
    CompletableFuture<Void> begin() {
        next(Duration.ZERO);
        return known.copy();
    }

    void end() {
        ended = true;
    }

    /** Whom or what the admission waits for, or nothing once it is over. */
    Optional<String> waitingFor() {
        return ended ? Optional.empty() : Optional.of(waitingFor);
    }

    /** Whether this node may be counted as one that founds a group. */
    boolean mayFound() {
        return bootstrap && joining == null;
    }

    private void next(Duration pause) {
        if (ended) {
            return;
        }
        try {
            scheduler.schedule(this::beginRound, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("{} stops asking: it is being closed", self, e);
        }
    }

    private void beginRound() {
        try {
            executor.execute(this::round);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            again(e);
        }
    }

    private void round() {
        try {
            askAround();
        } catch (RuntimeException | Error e) {
            again(e);
        }
    }

    /** Whatever becomes of a round, another one follows: nobody else would begin it. */
    private void again(Throwable failure) {
        if (!ended) {
            log.warn("{} couldn't ask the others and does so again: {}", self, failure.toString());
            next(PAUSE);
        }
    }

    private void askAround() {
        List<CompletableFuture<Optional<Introduction>>> asked =
                others.stream().map(this::ask).toList();
        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenRunAsync(
                        () -> conclude(asked.stream()
                                .map(CompletableFuture::join)
                                .flatMap(Optional::stream)
                                .toList()),
                        executor)
                .whenComplete((done, error) -> {
                    if (error == null) {
                        next(PAUSE);
                    } else {
                        again(error);
                    }
                });
    }

    private CompletableFuture<Optional<Introduction>> ask(RaftMember member) {
        CompletableFuture<Optional<Introduction>> answer = new CompletableFuture<>();
        messenger
                .request(member.name(), Topic.GROUP, GroupWire.introduce(), PATIENCE)
                .whenComplete((bytes, error) -> answer.complete(
                        error == null
                                ? GroupWire.introduction(bytes)
                                        .filter(given -> given.peer().name().equals(member.name()))
                                : Optional.empty()));
        scheduler.schedule(() -> answer.complete(Optional.empty()), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return answer;
    }

    private void conclude(List<Introduction> answers) {
        if (ended) {
            return;
        }
        try {
            decide(answers);
        } catch (ClusterConfigurationException e) {
            waitFor(String.valueOf(e.getMessage()));
            known.completeExceptionally(e);
        } catch (RuntimeException e) {
            waitFor("another try after " + e);
            log.error("{} failed to enter the group and tries again", self, e);
        }
    }

    private void decide(List<Introduction> answers) {
        List<Introduction> members =
                answers.stream().filter(Introduction::isMember).toList();
        Set<UUID> groups = members.stream().map(Introduction::group).collect(Collectors.toSet());
        if (groups.size() > 1) {
            throw new ClusterConfigurationException("The members belong to different groups " + groups
                    + "; empty the directories of those that belong to the wrong one");
        }
        if (groups.isEmpty()) {
            decideWithoutMembers(answers);
            return;
        }
        UUID group = groups.iterator().next();
        Optional<Introduction> countsSelf = members.stream()
                .filter(member ->
                        member.members().stream().anyMatch(voter -> voter.id().equals(self.id())))
                .findFirst();
        if (joining == null && countsSelf.isPresent()) {
            over(() -> desk.found(group, countsSelf.get().members()));
        } else {
            join(group, countsSelf.isPresent());
        }
    }

    private void decideWithoutMembers(List<Introduction> answers) {
        if (joining != null) {
            waitFor("a member of the group");
        } else if (bootstrap
                && answers.size() == others.size()
                && answers.stream().allMatch(Introduction::bootstrap)) {
            List<Peer> founders =
                    new ArrayList<>(answers.stream().map(Introduction::peer).toList());
            founders.add(self);
            log.info("{} founds the group with {}", self, founders);
            over(() -> desk.found(Identity.groupOf(founders), founders));
        } else {
            waitFor(bootstrap ? founders(answers) : "a member of the group");
        }
    }

    /** Who is wanting for the group to be founded, and in what way. */
    private String founders(List<Introduction> answers) {
        Set<String> silent = new TreeSet<>(others.stream().map(RaftMember::name).toList());
        Set<String> unwilling = new TreeSet<>();
        for (Introduction given : answers) {
            silent.remove(given.peer().name());
            if (!given.bootstrap()) {
                unwilling.add(given.peer().name());
            }
        }
        return Stream.of(
                        silent.isEmpty() ? "" : silent + " to be reached",
                        unwilling.isEmpty()
                                ? ""
                                : unwilling + " to be started with hamster.cluster.raft.bootstrap=true")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" and ", "nodes ", "; a group is founded by all its nodes together"));
    }

    private void join(UUID group, boolean counted) {
        if (joining == null) {
            if (bootstrap) {
                log.warn(
                        "{} joins the group that is there already; unset hamster.cluster.raft.bootstrap, which only founds one",
                        self);
            }
            desk.knock(group);
            joining = group;
        }
        known.complete(null);
        if (counted && desk.isVoter()) {
            over(() -> desk.enter(group));
            return;
        }
        waitFor("the leader to take it into the group");
        others.forEach(other -> messenger.tell(other.name(), Topic.GROUP, GroupWire.join(self)));
    }

    private void over(Runnable last) {
        last.run();
        ended = true;
        known.complete(null);
    }

    private void waitFor(String what) {
        boolean news = !what.equals(waitingFor);
        waitingFor = what;
        if (news || ++rounds % ROUNDS_BETWEEN_LOGS == 0) {
            log.info("{} waits for {}", self.name(), what);
        }
    }
}
