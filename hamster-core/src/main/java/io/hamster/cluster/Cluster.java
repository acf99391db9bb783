package io.hamster.cluster;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This node's place in a cluster: who leads, who is alive, and calls to functions of other nodes. Thread-safe.
 *
 * <p>Questions about state never block and are true at the moment of asking. Trackers, listeners and functions may be
 * added before {@link #start} and stay across {@link #close} and another start.
 */
public interface Cluster extends AutoCloseable {

    /**
     * Begins an instance of the cluster.
     *
     * @param self this node
     * @param elector decides who leads
     * @param transport carries messages
     * @return a builder
     */
    static ClusterBuilder builder(Node self, Elector elector, Transport transport) {
        return new ClusterBuilder(self, elector, transport);
    }

    /** Starts to take part; returns before there is a leader. Does nothing while running. May follow a close. */
    void start();

    /**
     * Stops to take part, in order: trackers get their stops, leadership is handed over, the transport closes, calls
     * under way fail. Bounded: trackers have the cluster's stop timeout, then they are interrupted, and leadership is
     * left to run out rather than handed over while their work may go on. Does nothing unless running.
     */
    @Override
    void close();

    /**
     * Whether no leader is known.
     *
     * @return true from the start until there is a leader, and again whenever it is lost
     */
    boolean isElecting();

    /**
     * Whether there is a leader that this node knows.
     *
     * @return true while this node leads or follows
     */
    boolean isReady();

    /**
     * Whether this node leads: true only while it holds an unexpired lease, so that two nodes never both say so. For
     * effects outside the cluster take {@link #leadership()}, whose term is their fence.
     *
     * @return true at the moment of asking
     */
    boolean isLeader();

    /**
     * Whether this node stands for election.
     *
     * @return true while it does
     */
    boolean isCandidate();

    /**
     * Whether this node follows a leader.
     *
     * @return true while it does
     */
    boolean isFollower();

    /**
     * Whether the cluster was closed.
     *
     * @return true from the beginning of {@link #close} until another start
     */
    boolean isClosed();

    /**
     * This node's leadership.
     *
     * @return the leadership with its term, if this node leads. Taken as one, unlike {@link #isLeader()} followed by
     *     {@link #term()}, between which another node may have become leader with a higher term
     */
    Optional<Leadership> leadership();

    /**
     * The leader.
     *
     * @return the leading node; empty if none is known
     */
    Optional<Node> leader();

    /**
     * This node.
     *
     * @return the node
     */
    Node self();

    /**
     * The highest term known, the leader's while there is one.
     *
     * @return the term; 0 in single mode and before the first election
     */
    long term();

    /**
     * The nodes and which of them are alive.
     *
     * @return the members as of now; this node is always among the living
     */
    Members members();

    /**
     * A node by its name.
     *
     * @param name the name
     * @return the node, alive or not; empty if there is none
     */
    default Optional<Node> node(String name) {
        return members().node(name);
    }

    /**
     * Every node.
     *
     * @return names in order
     */
    default List<String> nodeNames() {
        return members().names();
    }

    /**
     * The nodes in reach, this one included.
     *
     * @return names in order
     */
    default List<String> aliveNodeNames() {
        return members().alive();
    }

    /**
     * The nodes out of reach.
     *
     * @return names in order
     */
    default List<String> lostNodeNames() {
        return members().lost();
    }

    /**
     * How many nodes there are.
     *
     * @return a count
     */
    default int nodeCount() {
        return members().names().size();
    }

    /**
     * How many nodes are in reach.
     *
     * @return a count, at least 1
     */
    default int aliveNodeCount() {
        return members().alive().size();
    }

    /**
     * How many nodes are out of reach.
     *
     * @return a count
     */
    default int lostNodeCount() {
        return members().lost().size();
    }

    /**
     * Waits until there is a leader, for the cluster's default time.
     *
     * @return whether there is one; false at once before {@link #start} and after {@link #close}
     * @throws ClusterInterruptedException if interrupted while waiting
     */
    boolean awaitReady();

    /**
     * Waits until there is a leader.
     *
     * @param timeout how long at most; not negative
     * @return whether there is one; false at once before {@link #start} and after {@link #close}
     * @throws ClusterInterruptedException if interrupted while waiting
     */
    boolean awaitReady(Duration timeout);

    /**
     * Hands leadership over: this node stops leading at once, trackers get their stops, then another may lead.
     *
     * @return whether there was a leadership to hand over, once that is done; fails if it couldn't be handed over
     */
    CompletableFuture<Boolean> resign();

    /**
     * Hands leadership over as {@link #resign()} does and doesn't take it again before the next start. Everything else
     * goes on: the first half of an orderly shutdown.
     *
     * @return whether there was a leadership to hand over, once that is done; fails if it couldn't be handed over
     */
    CompletableFuture<Boolean> withdraw();

    /**
     * Adds a listener, which gets the events from now on.
     *
     * @param listener the listener; nothing happens if it is known
     */
    void addListener(ClusterListener listener);

    /**
     * Removes a listener.
     *
     * @param listener the listener; nothing happens if it is unknown
     */
    void removeListener(ClusterListener listener);

    /**
     * Adds a listener, which is told the members as of now and after every change.
     *
     * @param listener the listener; it isn't added a second time if it is known
     */
    void addMembersListener(MembersListener listener);

    /**
     * Removes a listener. A call that is under way still ends.
     *
     * @param listener the listener; nothing happens if it is unknown
     */
    void removeMembersListener(MembersListener listener);

    /**
     * Adds a tracker. It gets {@code onStartedLeading} if this node leads, {@code onNewLeader} if it follows.
     *
     * @param tracker the tracker; nothing happens if it is known
     */
    void addJobTracker(JobTracker tracker);

    /**
     * Removes a tracker. It gets its {@code onStoppedLeading}, soon, if it was told that this node leads.
     *
     * @param tracker the tracker; nothing happens if it is unknown
     */
    void removeJobTracker(JobTracker tracker);

    /**
     * The trackers that were added.
     *
     * @return their names in the order in which they were added
     */
    List<String> jobTrackerNames();

    /**
     * Lets other nodes, and this one, call a function. Its result travels as what it is at run time.
     *
     * @param name its name, unique on this node; 1 to 200 characters, no control characters
     * @param argumentType what the argument is decoded as; {@code Void.class} if it takes none
     * @param function the function
     * @param <A> the type of the argument
     * @throws ClusterConfigurationException if the name is taken or there is no codec
     */
    <A extends @Nullable Object> void registerFunction(
            String name, Class<A> argumentType, ClusterFunction<A, ?> function);

    /**
     * Lets other nodes, and this one, call a function with declared, perhaps generic types.
     *
     * @param name its name, unique on this node; 1 to 200 characters, no control characters
     * @param argumentType what the argument is decoded as; {@code Void.class} if it takes none
     * @param resultType what the result is encoded as; {@code Void.class} if there is none
     * @param function the function, whose argument must be of that type
     * @throws ClusterConfigurationException if the name is taken or there is no codec
     */
    void registerFunction(String name, Type argumentType, Type resultType, ClusterFunction<?, ?> function);

    /**
     * The functions of this node.
     *
     * @return names in order
     */
    List<String> functionNames();

    /**
     * Calls a function and waits for its result.
     *
     * @param call what to call where
     * @return the result; empty if the function returned none
     * @param <R> the type of the result
     * @throws UnknownNodeException if there is no such node
     * @throws NodeUnreachableException if the node is lost
     * @throws UnknownFunctionException if the node has no such function
     * @throws ClusterNotReadyException if there is no leader and the call doesn't ignore that
     * @throws RemoteCallTimeoutException if there was no answer in time
     * @throws RemoteCallRejectedException if too many calls are under way here or there
     * @throws PayloadTooLargeException if the argument or the result is too large
     * @throws RemoteFunctionException if the function failed
     * @throws ClusterConfigurationException if the call names no node or there is no codec
     * @throws io.hamster.CodecException if the argument can't be encoded or the result not be decoded
     * @throws ClusterInterruptedException if interrupted while waiting; the function may run all the same
     */
    <R> Optional<R> call(RemoteCall<R> call);

    /**
     * Calls a function.
     *
     * @param call what to call where
     * @return the result to be, completed by the call's timeout at the latest, never on a thread of the transport;
     *     fails as {@link #call} does. {@code getNow(null)} is {@code null} as long as there is no answer
     * @param <R> the type of the result
     * @throws ClusterConfigurationException if the call names no node or there is no codec
     */
    <R> CompletableFuture<Optional<R>> callAsync(RemoteCall<R> call);

    /**
     * Calls a function on every node that is alive, this one included.
     *
     * @param call what to call; its node is ignored
     * @return what each node answered, by name in order, completed by the call's timeout at the latest. It fails only
     *     if the argument can't be encoded; a node's failure is that node's result
     * @param <R> the type of the result
     * @throws ClusterConfigurationException if there is no codec
     */
    <R> CompletableFuture<Map<String, CallResult<R>>> broadcast(RemoteCall<R> call);
}
