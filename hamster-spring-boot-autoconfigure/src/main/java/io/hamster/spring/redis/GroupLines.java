package io.hamster.spring.redis;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's connections for a cluster of Hamster's nodes: one for scripts, one on which it hears the cluster's news and
 * its own messages. The process has a token, unlike that of any other, also of one that had or has the same name.
 * Thread-safe.
 */
final class GroupLines implements Subscription.Listener {

    private static final Logger logger = LoggerFactory.getLogger(GroupLines.class);
    private static final Script SEND = Script.named("cluster-send");

    private final RedisLink link;
    private final GroupNames names;
    private final String token;
    private final Reach reach;
    private final Subscription subscription;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile boolean barred;

    GroupLines(RedisLink link, GroupNames names, String token, InstantSource time) {
        this.link = link;
        this.names = names;
        this.token = token;
        this.reach = new Reach(time);
        this.subscription = new Subscription(link, List.of(names.news(), names.inbox(token)), this);
        link.whenUp(() -> tell(Listener::resumed));
    }

    /** What is heard, on threads that must go on. */
    interface Listener {

        /** Scripts can be sent again, or news may have been missed: everything may have changed. */
        default void resumed() {
            leaderChanged();
            membersChanged();
        }

        /** There may be another leader, or none. */
        default void leaderChanged() {}

        /** A node has come or gone. */
        default void membersChanged() {}

        /** A message for this process came in. */
        default void received(String message) {}
    }

    GroupNames names() {
        return names;
    }

    String token() {
        return token;
    }

    /** Connects in the background; does nothing if that was begun before. */
    void start() {
        link.start();
        subscription.start();
    }

    void stop() {
        subscription.stop();
        link.stop();
    }

    void add(Listener listener) {
        listeners.add(listener);
    }

    void remove(Listener listener) {
        listeners.remove(listener);
    }

    boolean isUp() {
        return link.isUp();
    }

    /** Since when questions can't be sent or aren't answered, as far as is known; empty while they are. */
    Optional<Instant> awaySince() {
        if (!link.isUp()) {
            reach.away();
        }
        return reach.awaySince();
    }

    /** Whether messages to this process arrive, as far as is known. */
    boolean hears() {
        return subscription.hears();
    }

    /** Whether this user may not hear what is sent to it: then waiting doesn't help. */
    boolean isBarred() {
        return barred;
    }

    /** Asks to hear if it doesn't, in case a confirmation was missed. */
    void listen() {
        subscription.check();
    }

    /** How often connections for scripts were lost. What Redis knew before that may be lost as well. */
    long breaks() {
        return link.breaks();
    }

    <R> CompletableFuture<R> run(
            Script script, List<String> keys, List<String> values, Function<List<Object>, R> reader) {
        CompletableFuture<R> answer = link.run(new TextsCall(script, keys, values), reader);
        // Taken back or not: whoever asks by a script waits for as long as Redis may take.
        answer.whenComplete((reply, failure) -> reach.asked(failure));
        // This one, as who gives up waiting for it takes it back.
        return answer;
    }

    /**
     * Sends a message to a process.
     *
     * @return whether it may have been heard; false only if it surely wasn't
     */
    CompletableFuture<Boolean> send(String toToken, String message) {
        CompletableFuture<Boolean> sent = link.run(
                new TextsCall(SEND, List.of(names.members()), List.of(names.inbox(toToken), message)),
                reply ->
                        // A server of a cluster knows only of those that are connected to itself.
                        link.isCluster() || !reply.get(0).equals("0"));
        sent.whenComplete((heard, failure) -> {
            // What its sender takes back, be it after a millisecond, says nothing of Redis.
            if (!sent.isCancelled()) {
                reach.asked(failure);
            }
        });
        return sent;
    }

    @Override
    public void heard(String channel, String text) {
        if (channel.equals(names.inbox(token))) {
            tell(listener -> listener.received(text));
        } else {
            tell(text.equals("members") ? Listener::membersChanged : Listener::leaderChanged);
        }
    }

    @Override
    public void subscribed() {
        barred = false;
        tell(Listener::resumed);
    }

    @Override
    public void failed(Throwable failure, boolean refused) {
        if (refused) {
            barred = true;
        }
        if (!refused) {
            logger.debug("Subscription to the cluster's channels failed; it is repeated", failure);
        } else if (warned.compareAndSet(false, true)) {
            logger.warn(
                    "Redis doesn't let this user subscribe to the cluster's channels: this node can't call others, nor"
                            + " they it, and a new leader is found only by asking. Grant it with ACL SETUSER <user>"
                            + " &{}* &{} +subscribe +publish",
                    names.inboxes(),
                    names.news());
        }
    }

    private void tell(Consumer<Listener> news) {
        for (Listener listener : listeners) {
            try {
                news.accept(listener);
            } catch (Throwable e) {
                // On Lettuce's thread, and the other listeners have no part in this one's fault.
                logger.error("A listener for the cluster's channels failed", e);
            }
        }
    }
}
