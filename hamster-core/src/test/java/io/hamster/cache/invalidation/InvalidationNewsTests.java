package io.hamster.cache.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamster.cache.invalidation.Invalidation.Scope;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class InvalidationNewsTests {

    private static final Duration BOUND = Duration.ofSeconds(4);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final TestChannels channels = new TestChannels();
    private final TestChannels.Channel mine = channels.open();
    private final TestChannels.Channel theirs = channels.open();
    private final List<String> heard = new ArrayList<>();
    private final List<String> theirsHeard = new ArrayList<>();
    private final InvalidationNews me = news(mine, heard);
    private final InvalidationNews other = news(theirs, theirsHeard);

    private InvalidationNews news(InvalidationChannel channel, List<String> into) {
        InvalidationNews.Listener listener = new InvalidationNews.Listener() {
            @Override
            public void invalidated(Invalidation change) {
                into.add(String.join(",", change.subjects()));
            }

            @Override
            public void missed() {
                into.add("MISSED");
            }
        };
        return new InvalidationNews(UUID.randomUUID(), channel, time, time.scheduler(), BOUND, listener);
    }

    private static Invalidation of(String key) {
        return new Invalidation("books", Scope.KEYS, Set.of(key));
    }

    @BeforeEach
    void startBoth() {
        me.start();
        other.start();
        channels.deliverAll();
        heard.clear();
        theirsHeard.clear();
    }

    /** Lets heartbeats come and go. */
    private void pass(Duration duration) {
        for (long left = duration.dividedBy(PAUSE); left > 0; left--) {
            time.advance(PAUSE);
            channels.deliverAll();
        }
    }

    @Test
    void tellsTheOthersAndNotItself() {
        me.tell(of("k"));
        channels.deliverAll();

        assertThat(theirsHeard).containsExactly("k");
        assertThat(heard).isEmpty();
        assertThat(other.status()).isEqualTo(new InvalidationNews.Status(true, true, 1, 1, Optional.empty()));
    }

    /** Nothing arrives, as on a connection of which only the far end is gone. */
    private void passUnheard(Duration duration) {
        for (long left = duration.dividedBy(PAUSE); left > 0; left--) {
            time.advance(PAUSE);
            mine.drop();
        }
    }

    @Test
    void listensAnewWhenWhatItSendsDoesNotComeBackForTwoBounds() {
        passUnheard(BOUND.multipliedBy(2));
        assertThat(mine.timesListenedAnew).isZero();
        passUnheard(PAUSE);
        assertThat(mine.timesListenedAnew).isEqualTo(1);
        passUnheard(BOUND.multipliedBy(2));
        assertThat(mine.timesListenedAnew).as("and again").isEqualTo(2);

        mine.disrupt();
        pass(BOUND.multipliedBy(6));
        assertThat(mine.timesListenedAnew).as("which has helped").isEqualTo(2);
        assertThat(me.isTrusted()).isTrue();
    }

    @Test
    void whatCannotBeSentSaysNothingOfWhatIsHeard() {
        passUnheard(BOUND);
        mine.refuseToSend(true);
        passUnheard(BOUND.multipliedBy(4));
        mine.refuseToSend(false);
        passUnheard(BOUND);

        assertThat(mine.timesListenedAnew).isZero();
    }

    @Test
    void whatComesBackTooLateToBeTrustedIsHeard() {
        for (int i = 0; i < 4; i++) {
            byte[] late = null;
            for (int beats = 0; beats < 6; beats++) {
                time.advance(PAUSE);
                late = late == null ? mine.waiting.getFirst() : late;
                mine.drop();
            }
            mine.deliver(Objects.requireNonNull(late));
        }

        assertThat(me.isTrusted()).isFalse();
        assertThat(mine.timesListenedAnew).isZero();
    }

    @Test
    void trustsNothingUntilItHasHeardItself() {
        TestChannels.Channel deaf = channels.open();
        List<String> into = new ArrayList<>();
        InvalidationNews late = news(deaf, into);
        assertThat(late.isTrusted()).isFalse();

        late.start();
        assertThat(late.isTrusted()).isFalse();
        deaf.waiting.clear();
        assertThat(late.status().heardItself()).isFalse();
        time.advance(PAUSE);
        deaf.deliverAll();

        assertThat(late.isTrusted()).isTrue();
        assertThat(into).as("what came in untrusted goes").contains("MISSED");
    }

    @Test
    void quietTimesCostNothing() {
        other.tell(of("k"));
        pass(Duration.ofMinutes(1));

        assertThat(heard).containsExactly("k");
        assertThat(me.isTrusted()).isTrue();
    }

    @Test
    void aLostMessageIsNoticedByTheNext() {
        other.tell(of("lost"));
        mine.waiting.clear();
        other.tell(of("next"));
        channels.deliverAll();

        assertThat(heard).containsExactly("MISSED", "next");
    }

    @Test
    void aLostMessageIsNoticedByTheNextHeartbeat() {
        other.tell(of("lost"));
        mine.waiting.clear();

        pass(PAUSE);

        assertThat(heard).containsExactly("MISSED");
    }

    @Test
    void aMessageThatCouldNotBeSentIsNoticedLikeALostOne() {
        theirs.refusesToSend = true;
        assertThat(other.tell(of("unsent")).toCompletableFuture()).isCompletedExceptionally();
        theirs.refusesToSend = false;

        pass(PAUSE);

        assertThat(heard).containsExactly("MISSED");
    }

    @Test
    void lateDoubledAndReorderedMessagesAreApplied() {
        other.tell(of("1"));
        byte[] first = mine.waiting.removeFirst();
        other.tell(of("2"));
        channels.deliverAll();
        assertThat(heard).containsExactly("MISSED", "2");

        mine.deliver(first);
        mine.deliver(first);
        other.tell(of("3"));
        channels.deliverAll();

        assertThat(heard).containsExactly("MISSED", "2", "1", "1", "3");
    }

    @Test
    void aLateHeartbeatIsNoGap() {
        time.advance(PAUSE);
        List<byte[]> beats = List.copyOf(mine.waiting);
        mine.waiting.clear();
        other.tell(of("1"));
        channels.deliverAll();

        beats.forEach(mine::deliver);
        other.tell(of("2"));
        channels.deliverAll();

        assertThat(heard).containsExactly("1", "2");
    }

    @Test
    void someoneNewWhoseBeginningWasMissedIsAGap() {
        TestChannels.Channel third = channels.open();
        InvalidationNews newcomer = news(third, new ArrayList<>());
        newcomer.tell(of("lost"));
        mine.waiting.clear();
        newcomer.tell(of("heard"));
        channels.deliverAll();
        assertThat(heard).containsExactly("MISSED", "heard");

        InvalidationNews another = news(channels.open(), new ArrayList<>());
        another.tell(of("first"));
        channels.deliverAll();
        assertThat(heard).as("nothing of this one was missed").containsExactly("MISSED", "heard", "first");
    }

    @Test
    void someoneSilentWithoutAFarewellIsAGapWithinTheBound() {
        for (int i = 0; i < 4; i++) {
            time.advance(PAUSE);
            theirs.waiting.clear();
            List<byte[]> own = List.copyOf(mine.waiting);
            mine.waiting.clear();
            own.stream().filter(message -> isFrom(message, mine)).forEach(mine::deliver);
        }

        assertThat(heard).containsExactly("MISSED");
        assertThat(me.status().others()).isZero();
        assertThat(me.isTrusted()).isTrue();
    }

    /** Both beat at the same times, this instance first. */
    private boolean isFrom(byte[] message, TestChannels.Channel ignored) {
        return NewsMessage.decode(message).orElseThrow().sender().equals(firstSender(message));
    }

    private UUID firstSender(byte[] message) {
        if (own == null) {
            own = NewsMessage.decode(message).orElseThrow().sender();
        }
        return own;
    }

    private UUID own;

    @Test
    void aFarewellIsNoGap() {
        other.tell(of("last"));
        other.close();
        pass(BOUND.multipliedBy(2));

        assertThat(heard).containsExactly("last");
        assertThat(theirs.closed).isTrue();
        assertThat(me.status().others()).isZero();
    }

    @Test
    void aFarewellTellsOfALostMessage() {
        other.tell(of("lost"));
        mine.waiting.clear();
        other.close();
        channels.deliverAll();

        assertThat(heard).containsExactly("MISSED");
    }

    @Test
    void trustEndsWithTheBoundAndComesBackEmpty() {
        time.advance(BOUND.minusNanos(1));
        assertThat(me.isTrusted()).isTrue();
        time.advance(Duration.ofNanos(1));
        assertThat(me.isTrusted()).isFalse();
        int before = heard.size();

        channels.deliverAll();

        assertThat(heard.subList(before, heard.size())).contains("MISSED");
        assertThat(me.isTrusted()).isTrue();
    }

    @Test
    void tellsSinceWhenThereIsNoTrust() {
        Instant begun = time.instant();
        time.advance(BOUND.plusSeconds(3));
        assertThat(me.status().untrustedSince()).as("lapsed").contains(begun.plus(BOUND));

        channels.deliverAll();
        assertThat(me.status().untrustedSince()).isEmpty();

        time.advance(PAUSE);
        Instant disrupted = time.instant();
        mine.disrupt();
        time.advance(PAUSE);
        assertThat(me.status().untrustedSince()).as("disrupted").contains(disrupted);

        InvalidationNews deaf = news(channels.open(), new ArrayList<>());
        assertThat(deaf.status().untrustedSince()).isEmpty();
        Instant started = time.instant();
        deaf.start();
        time.advance(BOUND);
        assertThat(deaf.status().untrustedSince()).as("never heard").contains(started);
    }

    @Test
    void logsTheLossAndTheRegainOfTrustOnce() {
        List<ILoggingEvent> lines = logged(() -> {
            pass(BOUND);
            time.advance(BOUND.multipliedBy(5));
            pass(BOUND.multipliedBy(5));
        });

        // Both instances are on the same channels.
        assertThat(lines)
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.WARN, Level.WARN, Level.INFO, Level.INFO);
        assertThat(lines.get(0).getFormattedMessage()).endsWith("come back to it: none has for PT4S");
        assertThat(lines.get(2).getFormattedMessage()).startsWith("Invalidations come back to this instance again");
    }

    @Test
    void doesNotRepeatALossThatFlickers() {
        List<ILoggingEvent> lines = logged(() -> {
            for (int i = 0; i < 20; i++) {
                mine.disrupt();
                pass(PAUSE.multipliedBy(2));
            }
            pass(BOUND);
        });

        assertThat(lines).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.INFO);
        assertThat(lines.get(0).getFormattedMessage()).endsWith("the channel was disrupted");
    }

    @Test
    void logsThatNothingWasEverHeardAndThatItIsAtLast() {
        TestChannels.Channel deaf = channels.open();
        InvalidationNews late = news(deaf, new ArrayList<>());

        List<ILoggingEvent> lines = logged(() -> {
            late.start();
            for (int i = 0; i < 20; i++) {
                time.advance(PAUSE);
                deaf.waiting.clear();
                channels.deliverAll();
            }
            pass(BOUND);
        });

        assertThat(lines).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.INFO);
        assertThat(lines.get(0).getFormattedMessage()).contains("none ever has. See whether");
    }

    @Test
    void logsNothingOfABeginningThatGoesWell() {
        assertThat(logged(() -> {
                    news(channels.open(), new ArrayList<>()).start();
                    pass(BOUND.multipliedBy(3));
                }))
                .isEmpty();
    }

    private static List<ILoggingEvent> logged(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger(InvalidationNews.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        lines.start();
        try {
            work.run();
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
        }
        return lines.list;
    }

    @Test
    void aHeartbeatThatComesBackTooLateProvesNothing() {
        time.advance(PAUSE);
        List<byte[]> beats = List.copyOf(mine.waiting);
        mine.waiting.clear();
        time.advance(BOUND);
        mine.waiting.clear();

        beats.forEach(mine::deliver);

        assertThat(me.isTrusted()).isFalse();
    }

    @Test
    void aDisruptionEndsTrustUntilALaterHeartbeat() {
        time.advance(PAUSE);
        time.advance(Duration.ofNanos(1));
        mine.disrupt();
        assertThat(heard).containsExactly("MISSED");
        assertThat(me.isTrusted()).isFalse();
        channels.deliverAll();
        assertThat(me.isTrusted()).as("sent before the disruption").isFalse();

        pass(PAUSE);

        assertThat(me.isTrusted()).isTrue();
        assertThat(heard).containsExactly("MISSED", "MISSED");
    }

    @Test
    void whatCanNotBeReadIsAGap() {
        mine.deliver(new byte[0]);
        mine.deliver("{\"json\":true}".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(heard).containsExactly("MISSED", "MISSED");
    }

    @Test
    void aChannelThatThrowsIsOneThatFails() {
        AtomicBoolean isClosed = new AtomicBoolean();
        InvalidationNews thrown = news(
                new InvalidationChannel() {

                    @Override
                    public CompletionStage<Void> send(byte[] message) {
                        throw new IllegalStateException("no thread left");
                    }

                    @Override
                    public void listen(Consumer<byte[]> messages, Runnable disrupted) {}

                    @Override
                    public void close() {
                        isClosed.set(true);
                    }
                },
                heard);

        assertThat(thrown.tell(of("k")).toCompletableFuture()).isCompletedExceptionally();
        thrown.close();

        assertThat(isClosed).isTrue();
    }

    @Test
    void beatsOnAfterAnError() {
        TestChannels.Channel behind = channels.open();
        AtomicBoolean noThread = new AtomicBoolean(true);
        InvalidationNews starved = news(
                new InvalidationChannel() {

                    @Override
                    public CompletionStage<Void> send(byte[] message) {
                        if (noThread.get()) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        return behind.send(message);
                    }

                    @Override
                    public void listen(Consumer<byte[]> messages, Runnable disrupted) {
                        behind.listen(messages, disrupted);
                    }

                    @Override
                    public void close() {
                        behind.close();
                    }
                },
                new ArrayList<>());
        starved.start();
        pass(BOUND);
        assertThat(starved.isTrusted()).isFalse();

        noThread.set(false);
        pass(BOUND);

        assertThat(starved.isTrusted()).isTrue();
        starved.close();
    }

    @Test
    void hearsNothingOnceClosed() {
        me.close();
        other.tell(of("k"));
        channels.deliverAll();
        pass(BOUND);

        assertThat(heard).isEmpty();
        assertThat(time.pendingTasks()).as("the other's heartbeats").isEqualTo(1);
    }

    /** Whatever the channel does, a key that the other changed is dropped within the bound, or nothing is trusted. */
    @Test
    void keepsTheBoundOnAnyChannel() {
        Random random = new Random(20);
        for (int round = 0; round < 300; round++) {
            String key = "k" + round;
            heard.clear();
            theirs.refusesToSend = random.nextInt(10) == 0;
            other.tell(of(key));
            theirs.refusesToSend = false;
            for (int step = 0; step < 4; step++) {
                misdeliver(random);
                time.advance(PAUSE);
            }
            misdeliver(random);
            assertThat(heard.contains(key) || heard.contains("MISSED") || !me.isTrusted())
                    .as("round %d", round)
                    .isTrue();
            channels.deliverAll();
        }
    }

    private void misdeliver(Random random) {
        List<byte[]> some = new ArrayList<>(mine.waiting);
        mine.waiting.clear();
        java.util.Collections.shuffle(some, random);
        for (byte[] message : some) {
            int fate = random.nextInt(3);
            if (fate == 0) {
                mine.deliver(message);
            } else if (fate == 1) {
                mine.waiting.add(message);
            }
        }
        theirs.deliverAll();
    }
}
