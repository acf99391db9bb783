package io.hamster.cache.invalidation;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Carries messages to every instance, the sender's own among them. Messages may be lost, late, doubled or out of order;
 * those of one sender should mostly arrive in the order in which they were sent. Never blocks. Thread-safe.
 */
public interface InvalidationChannel extends AutoCloseable {

    /**
     * Sends a message.
     *
     * @param message not changed afterwards
     * @return completes when it is on its way, which doesn't mean that anybody gets it; fails if it may not be
     */
    CompletionStage<Void> send(byte[] message);

    /**
     * Says who listens; called once, before anything is sent.
     *
     * @param messages told of each message, whatever it contains
     * @param disrupted told after each time that messages may have been lost, such as a reconnection
     */
    void listen(Consumer<byte[]> messages, Runnable disrupted);

    /**
     * Begins to listen anew, on another connection if it has one: messages have been on their way for long, but none of
     * them has come back, so the connection may be dead without either end knowing. Called again each time that this much
     * time has passed since. Does nothing unless overridden.
     */
    default void listenAnew() {}

    /** Ends it; messages that are sent later are refused. */
    @Override
    void close();
}
