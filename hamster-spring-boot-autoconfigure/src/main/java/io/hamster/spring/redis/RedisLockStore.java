package io.hamster.spring.redis;

import io.hamster.lock.LockStatus;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockToken;
import io.hamster.spring.redis.RedisLink.Call;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Keeps locks in Redis 6.2 or later: standalone, behind Sentinel, or a cluster. Each command is one script and one round
 * trip. A lock is a string that expires by itself; its fence is the highest of its bucket's counter, the server's clock
 * in microseconds and what this client has seen of that bucket, so it rises even if Redis lost the counter.
 *
 * <p>Only a lock that was refused to somebody is announced when it is released: without contention nothing is published.
 */
public final class RedisLockStore implements LockStore {

    private static final Script ACQUIRE = Script.named("lock-acquire");
    private static final Script RELEASE = Script.named("lock-release");
    private static final Script RENEW = Script.named("lock-renew");
    private static final Script FORCE_RELEASE = Script.named("lock-force-release");
    private static final Script DESCRIBE = Script.named("lock-describe");

    private static final int RENEWED_AT_ONCE = 100;

    private final RedisLink link;

    /** One more if replicas are waited for: that holds up whatever follows on the same connection. */
    private final RedisLink replicasLink;

    private final LockNames names;
    private final ReleaseChannel channel;
    private final Replication replication;
    private final EvictionCheck eviction = EvictionCheck.ofLocks();
    private final AtomicLongArray floors = new AtomicLongArray(LockNames.BUCKETS);

    /**
     * Creates a store that connects in the background.
     *
     * @param factory whose client the store's own connections are made with; not closed with the store
     * @param namespace keeps applications on one Redis apart; none of <code>{ } * ? [ ] \</code>
     * @param scheduler for pauses between attempts to connect
     * @param executor where connections are made, which blocks
     */
    public RedisLockStore(
            LettuceConnectionFactory factory, String namespace, ScheduledExecutorService scheduler, Executor executor) {
        this(factory, namespace, scheduler, executor, Replication.NONE);
    }

    RedisLockStore(
            LettuceConnectionFactory factory,
            String namespace,
            ScheduledExecutorService scheduler,
            Executor executor,
            Replication replication) {
        this.link = new RedisLink(factory, scheduler, executor, eviction::look);
        this.replicasLink =
                replication.replicas() == 0 ? link : new RedisLink(factory, scheduler, executor, primaries -> {});
        this.names = new LockNames(namespace);
        this.replication = replication;
        this.channel = new ReleaseChannel(link, names.channel());
        // The subscription may be back before commands can be sent: who asked in between must ask once more.
        link.whenUp(channel::recheckAll);
        start();
    }

    /** Connects in the background, again after {@link #stop}. */
    void start() {
        link.start();
        replicasLink.start();
        channel.start();
    }

    /** Closes the connections, before the factory closes its client. */
    void stop() {
        channel.stop();
        replicasLink.stop();
        link.stop();
    }

    @Override
    public CompletionStage<Answer> acquire(Ask ask) {
        int bucket = LockNames.bucket(ask.key());
        AcquireCall call = new AcquireCall(ask, bucket, null);
        CompletableFuture<Answer> answer = link.run(call, reply -> answer(ask, bucket, reply));
        return replication.replicas() == 0 ? answer : answer.thenCompose(given -> replicated(ask, bucket, given));
    }

    @Override
    public HandOver handOver(LockToken holder, Ask next) {
        int bucket = LockNames.bucket(next.key());
        AcquireCall call = new AcquireCall(next, bucket, holder.toString());
        // Of this one the answers depend, so that whoever cancels one of them doesn't withdraw the command.
        CompletableFuture<long[]> both = link.run(call, Function.identity());
        CompletableFuture<Boolean> released = both.thenApply(reply -> ended(reply[3]));
        CompletableFuture<Answer> answer = both.thenApply(reply -> answer(next, bucket, reply));
        return new HandOver(
                released,
                replication.replicas() == 0 ? answer : answer.thenCompose(given -> replicated(next, bucket, given)));
    }

    private CompletionStage<Answer> replicated(Ask ask, int bucket, Answer answer) {
        if (!(answer instanceof Answer.Granted)) {
            return CompletableFuture.completedFuture(answer);
        }
        return replication
                .of(
                        replicasLink,
                        names.fence(bucket),
                        names.lock(bucket, ask.key()),
                        ask.token().toString())
                .thenApply(done -> answer)
                .exceptionallyCompose(failure ->
                        // Without a tombstone: asked again, the same token may find its replicas back.
                        release(ask.key(), ask.token(), Duration.ZERO)
                                .handle((released, none) -> failure)
                                .thenCompose(CompletableFuture::failedFuture));
    }

    private Answer answer(Ask ask, int bucket, long[] reply) {
        if (reply.length == 1) {
            saw(bucket, reply[0]);
            return new Answer.Granted(reply[0], remaining(ask.lease(), millis(ask.lease())));
        }
        return switch ((int) reply[0]) {
            case 0 -> new Answer.Held(Duration.ofMillis(reply[2]));
            case 1 -> {
                saw(bucket, reply[1]);
                yield new Answer.Granted(reply[1], remaining(ask.lease(), reply[2]));
            }
            default -> new Answer.Refused();
        };
    }

    @Override
    public CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone) {
        int bucket = LockNames.bucket(key);
        String text = token.toString();
        boolean buried = !tombstone.isZero();
        Call<long[]> call = new NumbersCall(RELEASE, buried ? 2 : 1) {
            @Override
            public void addTo(CommandArgs<String, String> args) {
                args.addKey(names.lock(bucket, key));
                if (buried) {
                    args.addKey(names.tombstone(bucket, text)).addValue(text).add(millis(tombstone));
                } else {
                    args.addValue(text);
                }
            }
        };
        return link.run(call, reply -> ended(reply[0]));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key) {
        Call<long[]> call = new NumbersCall(FORCE_RELEASE, 1) {
            @Override
            public void addTo(CommandArgs<String, String> args) {
                args.addKey(names.lock(LockNames.bucket(key), key))
                        .addValue(names.channel())
                        .addValue(key);
            }
        };
        return link.run(call, reply -> ended(reply[0]));
    }

    private boolean ended(long how) {
        if (how == 2) {
            channel.announcingRefused();
        }
        return how != 0;
    }

    @Override
    public CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch) {
        List<RenewCall> calls = renewals(batch);
        CompletableFuture<Map<LockToken, Renewal>> result = new CompletableFuture<>();
        if (calls.size() == 1) {
            RenewCall only = calls.get(0);
            return link.run(only, reply -> {
                Map<LockToken, Renewal> answers = new HashMap<>();
                only.read(reply, answers);
                return answers;
            });
        }
        Map<LockToken, Renewal> answers = new ConcurrentHashMap<>();
        AtomicInteger missing = new AtomicInteger(calls.size());
        link.runAll(calls, (call, reply, failure) -> {
            // One that failed leaves its tokens unanswered, which means unknown.
            if (reply != null) {
                call.read(reply, answers);
            }
            if (missing.decrementAndGet() > 0) {
                return;
            }
            if (failure == null || !answers.isEmpty()) {
                result.complete(answers);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private List<RenewCall> renewals(Collection<Extension> batch) {
        List<RenewCall> calls = new ArrayList<>();
        Map<Integer, RenewCall> open = new HashMap<>();
        for (Extension extension : batch) {
            int bucket = LockNames.bucket(extension.key());
            RenewCall call = open.get(bucket);
            if (call == null || call.extensions.size() == RENEWED_AT_ONCE) {
                call = new RenewCall(bucket);
                open.put(bucket, call);
                calls.add(call);
            }
            call.extensions.add(extension);
        }
        return calls;
    }

    @Override
    public CompletionStage<Optional<LockStatus>> status(String key) {
        int bucket = LockNames.bucket(key);
        List<String> lock = List.of(names.lock(bucket, key));
        return describe(lock).thenApply(found -> {
            found.forEach(status -> saw(bucket, status.fence()));
            return found.stream().findFirst();
        });
    }

    @Override
    public CompletionStage<List<LockStatus>> list(int limit) {
        return link.primaries().thenCompose(primaries -> new LockScan(primaries, names, this::describe, limit).start());
    }

    /** Describes locks of one bucket, by their names in Redis; leaves out what isn't held. */
    private CompletableFuture<List<LockStatus>> describe(List<String> locks) {
        return link.run(new DescribeCall(locks), reply -> {
            List<LockStatus> found = new ArrayList<>();
            for (int i = 0; i < locks.size(); i++) {
                String value = (String) reply.get(2 * i);
                long left = (Long) reply.get(2 * i + 1);
                if (left > 0) {
                    found.add(status(names.key(locks.get(i)), value, left));
                }
            }
            return found;
        });
    }

    private static LockStatus status(String key, String value, long left) {
        String[] parts = value.split(" ", 5);
        return new LockStatus(
                key,
                parts[4],
                Long.parseLong(parts[1]),
                Instant.ofEpochSecond(
                        Long.parseLong(parts[2]), TimeUnit.MICROSECONDS.toNanos(Long.parseLong(parts[3]))),
                Duration.ofMillis(left));
    }

    @Override
    public Registration listen(Wakeups wakeups) {
        return channel.listen(wakeups);
    }

    @Override
    public boolean ordersWaiters() {
        return false;
    }

    /** Refuses every later request. Locks stay until they are released or run out. */
    @Override
    public void close() {
        stop();
    }

    /** Whether a command would be sent now. */
    boolean isUp() {
        return link.isUp();
    }

    ReleaseChannel channel() {
        return channel;
    }

    EvictionCheck eviction() {
        return eviction;
    }

    private void saw(int bucket, long fence) {
        for (long floor = floors.get(bucket); fence > floor; floor = floors.get(bucket)) {
            if (floors.compareAndSet(bucket, floor, fence)) {
                return;
            }
        }
    }

    /** Redis counts leases in milliseconds, and 0 isn't one. */
    private static long millis(Duration duration) {
        return Math.max(1, duration.toMillis());
    }

    private static Duration remaining(Duration asked, long millis) {
        Duration remaining = Duration.ofMillis(millis);
        return remaining.compareTo(asked) > 0 ? asked : remaining;
    }

    private abstract static class NumbersCall implements Call<long[]> {

        private final Script script;
        private final int keys;

        private NumbersCall(Script script, int keys) {
            this.script = script;
            this.keys = keys;
        }

        @Override
        public Script script() {
            return script;
        }

        @Override
        public int keys() {
            return keys;
        }

        @Override
        public CommandOutput<String, String, long[]> output() {
            return new NumbersOutput(RedisLink.CODEC);
        }
    }

    /** A request, perhaps with the holder's token that hands the lock over to it. */
    private final class AcquireCall extends NumbersCall {

        private final Ask ask;
        private final int bucket;
        private final @Nullable String holder;

        private AcquireCall(Ask ask, int bucket, @Nullable String holder) {
            super(ACQUIRE, 3);
            this.ask = ask;
            this.bucket = bucket;
            this.holder = holder;
        }

        @Override
        public void addTo(CommandArgs<String, String> args) {
            String token = ask.token().toString();
            args.addKey(names.lock(bucket, ask.key()))
                    .addKey(names.fence(bucket))
                    .addKey(names.tombstone(bucket, token))
                    .addValue(token)
                    .add(millis(ask.lease()))
                    .add(floors.get(bucket))
                    .addValue(ask.owner());
            if (holder != null) {
                args.addValue(holder);
            }
        }
    }

    /** Extensions of one bucket. */
    private final class RenewCall implements Call<long[]> {

        private final int bucket;
        private final List<Extension> extensions = new ArrayList<>();

        private RenewCall(int bucket) {
            this.bucket = bucket;
        }

        @Override
        public Script script() {
            return RENEW;
        }

        @Override
        public int keys() {
            return extensions.size();
        }

        @Override
        public void addTo(CommandArgs<String, String> args) {
            extensions.forEach(extension -> args.addKey(names.lock(bucket, extension.key())));
            args.addValue(names.channel());
            for (Extension extension : extensions) {
                args.addValue(extension.token().toString())
                        .add(millis(extension.lease()))
                        .addValue(extension.key());
            }
        }

        @Override
        public CommandOutput<String, String, long[]> output() {
            return new NumbersOutput(RedisLink.CODEC);
        }

        private void read(long[] reply, Map<LockToken, Renewal> answers) {
            for (int i = 0; i < extensions.size(); i++) {
                Extension extension = extensions.get(i);
                answers.put(
                        extension.token(),
                        reply[i] == 1
                                ? new Renewal.Renewed(remaining(extension.lease(), millis(extension.lease())))
                                : new Renewal.NotYours());
            }
        }
    }

    private record DescribeCall(List<String> locks) implements Call<List<Object>> {

        @Override
        public Script script() {
            return DESCRIBE;
        }

        @Override
        public int keys() {
            return locks.size();
        }

        @Override
        public void addTo(CommandArgs<String, String> args) {
            args.addKeys(locks);
        }

        @Override
        public CommandOutput<String, String, List<Object>> output() {
            return new ArrayOutput<>(RedisLink.CODEC);
        }
    }
}
