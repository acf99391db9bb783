package io.hamster.cache.lease;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Nodes in this JVM whose views and messages are in a test's hands; messages arrive at once unless it says otherwise. */
public final class TestRing {

    private final ManualTime time;
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private volatile Consumer<Runnable> network = Runnable::run;
    private volatile UnaryOperator<byte[]> requests = UnaryOperator.identity();
    private volatile UnaryOperator<byte[]> replies = UnaryOperator.identity();
    private volatile boolean refusing;
    private int views;

    public TestRing(ManualTime time) {
        this.time = time;
    }

    /** One node's end. */
    public Channel join(String name) {
        return channels.computeIfAbsent(name, Channel::new);
    }

    /** One node's part in the leases. */
    public ClusterLeases leases(String name) {
        return new ClusterLeases(join(name), time, time.scheduler(), ClusterLeases.DEFAULT_PATIENCE);
    }

    /** Has nodes be in a new view together, one after the other, and lets them find that out. */
    public void view(String... members) {
        LeaseChannel.View view = newView(members);
        Arrays.stream(members).forEach(member -> enter(member, view));
        time.advance(Duration.ofMillis(20));
    }

    LeaseChannel.View newView(String... members) {
        return new LeaseChannel.View("view-" + ++views, List.of(members));
    }

    void enter(String member, LeaseChannel.View view) {
        Channel channel = join(member);
        channel.pending.forEach((answer, to) -> {
            if (!view.members().contains(to)) {
                answer.completeExceptionally(new IllegalStateException(to + " was lost"));
            }
        });
        channel.listener().entered(view);
    }

    /** Has a node be in no view. */
    public void leave(String name) {
        enter(name, LeaseChannel.View.none());
    }

    /** Has a node neither answer nor hear of anything. */
    public void silence(String name, boolean isSilent) {
        if (isSilent) {
            silent.add(name);
        } else {
            silent.remove(name);
        }
    }

    /** Says what carries each question and each answer. */
    void network(Consumer<Runnable> carrier) {
        network = carrier;
    }

    /** Changes what questions contain on the way. */
    void requests(UnaryOperator<byte[]> change) {
        requests = change;
    }

    /** Changes what answers contain on the way. */
    void replies(UnaryOperator<byte[]> change) {
        replies = change;
    }

    /** Has every node refuse to send anything, or none. */
    void refuse(boolean isRefusing) {
        refusing = isRefusing;
    }

    /** Has a node think that its questions were lost, which are still on their way. */
    void losePending(String name) {
        join(name).pending.keySet().forEach(answer -> answer.completeExceptionally(new IllegalStateException("lost")));
    }

    /** The channel of one node. */
    public final class Channel implements LeaseChannel {

        private final String self;
        private final AtomicInteger asked = new AtomicInteger();
        private final Map<CompletableFuture<byte[]>, String> pending = new ConcurrentHashMap<>();
        private volatile @Nullable Listener listener;

        private Channel(String self) {
            this.self = self;
        }

        private Listener listener() {
            return Objects.requireNonNull(listener, "Nobody listens to " + self);
        }

        /** How many messages with questions it has sent to others. */
        public int asked() {
            return asked.get();
        }

        @Override
        public String self() {
            return self;
        }

        @Override
        public CompletionStage<byte[]> request(String member, byte[] message, Duration timeout) {
            if (refusing) {
                return CompletableFuture.failedFuture(new LeaseMessageRefusedException("Too much at once", null));
            }
            asked.incrementAndGet();
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            pending.put(answer, member);
            answer.whenComplete((reply, failure) -> pending.remove(answer));
            time.scheduler()
                    .schedule(
                            () -> answer.completeExceptionally(new IllegalStateException("no answer")),
                            timeout.toNanos(),
                            TimeUnit.NANOSECONDS);
            Channel to = channels.get(member);
            if (to == null) {
                return answer;
            }
            byte[] sent = requests.apply(message);
            network.accept(() -> {
                if (!silent.contains(member) && !silent.contains(self)) {
                    byte[] reply = replies.apply(to.listener().received(sent));
                    network.accept(() -> answer.complete(reply));
                }
            });
            return answer;
        }

        @Override
        public void listen(Listener to) {
            listener = to;
        }
    }
}
