package io.hamster.spring.redis;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import io.hamster.spring.redis.CacheCall.Reply;
import io.lettuce.core.protocol.CommandArgs;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One cache's part of Redis 6.2 or later: standalone, behind Sentinel, or a cluster. Changing a key is one script and one
 * round trip. Reading it is too, or else, from a single server, two plain commands in one round trip, and the script
 * only if they don't tell: Redis takes them in a tenth of the time. Stages complete on Lettuce's threads, which nobody
 * may block.
 *
 * <p>A key's name has its bucket's epoch in it, which the client remembers and each script compares: after a clearing,
 * everybody's next command is sent once more with the new one. The epoch is the highest of the last one plus 1, the
 * server's clock in microseconds and what any client has seen, so it rises even if Redis lost it.
 *
 * <p>A failover may lose the last changes, invalidations among them; the time to live bounds what that does.
 */
final class RedisCacheStore implements CacheStore {

    private static final Logger logger = LoggerFactory.getLogger(RedisCacheStore.class);

    private static final Script GET = Script.named("cache-bucket", "cache-get");
    private static final Script TICKET = Script.named("cache-bucket", "cache-ticket");
    private static final Script PUBLISH = Script.named("cache-bucket", "cache-publish");
    private static final Script DROP = Script.named("cache-bucket", "cache-drop");
    private static final Script PUT = Script.named("cache-bucket", "cache-put");
    private static final Script REMOVE = Script.named("cache-bucket", "cache-remove");
    private static final Script TAGS = Script.named("cache-bucket", "cache-tags");
    private static final Script CLEAR = Script.named("cache-bucket", "cache-clear");

    private static final int OTHER_EPOCH = -1;
    /** The epoch of a bucket that no script has told of yet. */
    private static final long UNKNOWN = 0;

    private static final int MOST_ATTEMPTS = 10;
    private static final int AT_ONCE = 500;

    private final String cache;
    private final RedisLink link;
    private final CacheNames names;
    private final ScheduledExecutorService scheduler;
    private final Duration commandTimeout;
    private final long ticketMillis;
    private final AtomicLongArray epochs;
    private final String ticketPrefix;
    private final AtomicLong lastTicket = new AtomicLong();
    private final PlainReads plainReads = new PlainReads();
    private final LongAdder undecodable = new LongAdder();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * @param cache its name, for messages
     * @param link not stopped with the store
     * @param names the cache's
     * @param scheduler for timeouts
     * @param commandTimeout how long Redis may take to answer; more than zero
     * @param ticketTtl how long a load may take to be published; more than zero
     */
    RedisCacheStore(
            String cache,
            RedisLink link,
            CacheNames names,
            ScheduledExecutorService scheduler,
            Duration commandTimeout,
            Duration ticketTtl) {
        this.cache = cache;
        this.link = link;
        this.names = names;
        this.scheduler = scheduler;
        this.commandTimeout = commandTimeout;
        this.ticketMillis = Math.max(1, ticketTtl.toMillis());
        this.epochs = new AtomicLongArray(names.buckets());
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        this.ticketPrefix = HexFormat.of().formatHex(random) + "-";
    }

    @Override
    public CompletionStage<Lookup> get(String key) {
        return answered(request -> {
            int bucket = names.bucket(key);
            long epoch = epochs.get(bucket);
            return epoch == UNKNOWN || link.isCluster() || !plainReads.arePromising()
                    ? lookUp(request, key).thenApply(this::judged)
                    : glance(request, bucket, epoch, key)
                            .thenCompose(hit -> hit.isPresent()
                                    ? CompletableFuture.completedFuture(new Lookup.Hit(hit.get()))
                                    : lookUp(request, key));
        });
    }

    private CompletableFuture<Optional<StoredEntry>> glance(CacheRequest request, int bucket, long epoch, String key) {
        return request.run(
                        new PlainRead(epoch, names.epoch(bucket), names.state(bucket), names.entry(bucket, epoch, key)))
                .thenApply(hit -> {
                    plainReads.count(hit.isPresent());
                    return hit;
                });
    }

    private Lookup judged(Lookup found) {
        plainReads.count(found instanceof Lookup.Hit hit && hit.entry().tags().isEmpty());
        return found;
    }

    private CompletableFuture<Lookup> lookUp(CacheRequest request, String key) {
        return ask(request, key, false).thenCompose(asked -> {
            Reply reply = asked.sent.reply();
            if (reply.status() == 0) {
                Optional<StoredEntry> stale = reply.has(2) ? entry(reply, 2) : Optional.empty();
                return CompletableFuture.completedFuture(new Lookup.Miss(ticket(asked), stale));
            }
            Optional<StoredEntry> found = entry(reply, 1);
            return found.isPresent()
                    ? CompletableFuture.completedFuture(new Lookup.Hit(found.get()))
                    : ask(request, key, true).thenApply(again -> new Lookup.Miss(ticket(again), Optional.empty()));
        });
    }

    @Override
    public CompletionStage<Ticket> ticket(String key) {
        return answered(request -> ask(request, key, true).thenApply(RedisCacheStore::ticket));
    }

    private CompletableFuture<Asked> ask(CacheRequest request, String key, boolean ticketInAnyCase) {
        String fresh = ticketPrefix + lastTicket.incrementAndGet();
        return send(
                        request,
                        names.bucket(key),
                        GET,
                        (bucket, epoch) -> namesOf(bucket, epoch, List.of(key)),
                        args -> args.addValue(fresh).add(ticketMillis).add(ticketInAnyCase ? 1 : 0))
                .thenApply(sent -> new Asked(sent, fresh));
    }

    /** A ticket is good for the epoch in which it was created. */
    private static Ticket ticket(Asked asked) {
        String id = new String(asked.sent.reply().bytes(1), StandardCharsets.UTF_8);
        return new Ticket(asked.sent.epoch() + "/" + id, id.endsWith(":" + asked.fresh));
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Ticket ticket) {
        return answered(request -> underTicket(request, TICKET, key, ticket, args -> args.add(ticketMillis)));
    }

    @Override
    public CompletionStage<Boolean> end(String key, Ticket ticket) {
        return answered(request -> underTicket(request, TICKET, key, ticket, args -> args.add(0)));
    }

    @Override
    public CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket) {
        return answered(request -> underTicket(
                request,
                PUBLISH,
                key,
                ticket,
                args -> args.add(EntryFormat.encode(loaded)).add(EntryFormat.keptMillis(loaded))));
    }

    @Override
    public CompletionStage<Boolean> drop(String key, Ticket ticket) {
        return answered(request -> underTicket(request, DROP, key, ticket, args -> {}));
    }

    /** Sends a script to the epoch of a ticket: in a later one the ticket doesn't stand. */
    private CompletableFuture<Boolean> underTicket(
            CacheRequest request,
            Script script,
            String key,
            Ticket ticket,
            Consumer<CommandArgs<String, String>> rest) {
        int end = ticket.id().indexOf('/');
        long epoch = Long.parseLong(ticket.id(), 0, end, 10);
        int bucket = names.bucket(key);
        CacheCall call = new CacheCall(
                script,
                namesOf(bucket, epoch, List.of(key)),
                epoch,
                args -> rest.accept(args.addValue(ticket.id().substring(end + 1))));
        return request.run(call, reply -> {
            if (reply.status() == OTHER_EPOCH) {
                saw(bucket, reply.number(1));
            }
            return reply.status() == 1;
        });
    }

    @Override
    public CompletionStage<Void> put(String key, StoredEntry entry) {
        return answered(request -> put(request, key, entry, false, "").thenApply(sent -> null));
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> putIfAbsent(
            String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return answered(request -> putIfAbsent(request, key, entry, rejected, "", 1));
    }

    private CompletableFuture<Optional<StoredEntry>> putIfAbsent(
            CacheRequest request,
            String key,
            StoredEntry entry,
            Optional<StoredEntry> rejected,
            String unreadable,
            int attempt) {
        return put(request, key, entry, true, unreadable).thenCompose(sent -> {
            if (sent.reply().status() == 1) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            if (request.wasSentTwice()) {
                // What is there may be what the first sending put.
                return CompletableFuture.failedFuture(brokeMeanwhile());
            }
            Optional<StoredEntry> there = entry(sent.reply(), 1)
                    .filter(found -> rejected.filter(found::hasPayloadOf).isEmpty());
            if (there.isPresent()) {
                return CompletableFuture.completedFuture(there);
            }
            // What nobody can read is no value, but another may have taken its place by now.
            return attempt < MOST_ATTEMPTS
                    ? putIfAbsent(
                            request,
                            key,
                            entry,
                            rejected,
                            Script.sha1(sent.reply().bytes(1)),
                            attempt + 1)
                    : CompletableFuture.failedFuture(
                            unavailable("had something unreadable put there all the time", null));
        });
    }

    private CompletableFuture<Sent> put(
            CacheRequest request, String key, StoredEntry entry, boolean onlyIfAbsent, String unreadable) {
        byte[] value = EntryFormat.encode(entry);
        return send(
                request,
                names.bucket(key),
                PUT,
                (bucket, epoch) -> namesOf(bucket, epoch, List.of(key)),
                args -> args.add(value)
                        .add(EntryFormat.keptMillis(entry))
                        .add(onlyIfAbsent ? 1 : 0)
                        .addValue(unreadable));
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> take(String key) {
        return answered(request -> remove(request, names.bucket(key), List.of(key), true)
                .thenCompose(sent -> taken(request, sent.reply())));
    }

    private CompletableFuture<Optional<StoredEntry>> taken(CacheRequest request, Reply reply) {
        if (reply.status() == 1) {
            return CompletableFuture.completedFuture(entry(reply, 1));
        }
        // The first sending may have taken what the second one didn't find.
        return request.wasSentTwice()
                ? CompletableFuture.failedFuture(brokeMeanwhile())
                : CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<Long> invalidate(Collection<String> keys) {
        Map<Integer, List<String>> byBucket = new HashMap<>();
        keys.forEach(key -> byBucket.computeIfAbsent(names.bucket(key), same -> new ArrayList<>())
                .add(key));
        return answered(request -> {
            List<CompletableFuture<Sent>> all = new ArrayList<>();
            byBucket.forEach((bucket, own) -> {
                for (int from = 0; from < own.size(); from += AT_ONCE) {
                    all.add(remove(request, bucket, own.subList(from, Math.min(own.size(), from + AT_ONCE)), false));
                }
            });
            return joined(all)
                    .thenApply(done -> all.stream()
                            .mapToLong(sent -> sent.join().reply().number(0))
                            .sum());
        });
    }

    private CompletableFuture<Sent> remove(CacheRequest request, int bucket, List<String> keys, boolean wanted) {
        return send(
                request, bucket, REMOVE, (same, epoch) -> namesOf(same, epoch, keys), args -> args.add(wanted ? 1 : 0));
    }

    @Override
    public CompletionStage<Void> invalidateTags(Collection<String> tags) {
        int[] stripes = tags.stream().mapToInt(EntryFormat::stripe).distinct().toArray();
        return answered(request -> {
            List<CompletableFuture<Sent>> all = new ArrayList<>();
            for (int bucket = 0; bucket < names.buckets(); bucket++) {
                all.add(send(request, bucket, TAGS, this::namesOfBucket, args -> {
                    for (int stripe : stripes) {
                        args.add(stripe);
                    }
                }));
            }
            return joined(all);
        });
    }

    @Override
    public CompletionStage<Void> clear() {
        return answered(request -> {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int bucket = 0; bucket < names.buckets(); bucket++) {
                int own = bucket;
                all.add(send(request, bucket, CLEAR, this::namesOfBucket, args -> {})
                        .thenAccept(sent -> saw(own, sent.reply().number(1))));
            }
            return joined(all).thenApply(done -> {
                sweep();
                return done;
            });
        });
    }

    /** Entries of earlier epochs are never read again; those that a running sweep misses expire by themselves. */
    private void sweep() {
        if (!sweeping.compareAndSet(false, true)) {
            return;
        }
        link.primaries()
                .thenCompose(primaries -> new CacheSweep(primaries, names, epochs).start())
                .whenComplete((done, failure) -> {
                    sweeping.set(false);
                    if (failure != null) {
                        logger.debug("Cache '{}' was cleared; reclaiming its memory in Redis failed", cache, failure);
                    }
                });
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public long undecodable() {
        return undecodable.sum();
    }

    private Optional<StoredEntry> entry(Reply reply, int index) {
        StoredEntry entry = EntryFormat.decode(reply.bytes(index), reply.number(index + 1));
        if (entry == null) {
            undecodable.increment();
        }
        return Optional.ofNullable(entry);
    }

    private List<String> namesOfBucket(int bucket, long epoch) {
        return namesOf(bucket, epoch, List.of());
    }

    private List<String> namesOf(int bucket, long epoch, List<String> keys) {
        List<String> all = new ArrayList<>(2 + 2 * keys.size());
        all.add(names.state(bucket));
        all.add(names.epoch(bucket));
        for (String key : keys) {
            all.add(names.entry(bucket, epoch, key));
            all.add(names.ticket(bucket, epoch, key));
        }
        return all;
    }

    /** Sends a script, again if the epoch has changed meanwhile. */
    private CompletableFuture<Sent> send(
            CacheRequest request,
            int bucket,
            Script script,
            Naming naming,
            Consumer<CommandArgs<String, String>> rest) {
        return send(request, bucket, script, naming, rest, 1);
    }

    private CompletableFuture<Sent> send(
            CacheRequest request,
            int bucket,
            Script script,
            Naming naming,
            Consumer<CommandArgs<String, String>> rest,
            int attempt) {
        long epoch = epochs.get(bucket);
        CacheCall call = new CacheCall(script, naming.names(bucket, epoch), epoch, rest);
        return request.run(call, reply -> new Sent(epoch, reply)).thenCompose(sent -> {
            if (sent.reply().status() != OTHER_EPOCH) {
                return CompletableFuture.completedFuture(sent);
            }
            saw(bucket, sent.reply().number(1));
            return attempt < MOST_ATTEMPTS
                    ? send(request, bucket, script, naming, rest, attempt + 1)
                    : CompletableFuture.failedFuture(unavailable("was cleared all the time", null));
        });
    }

    private void saw(int bucket, long epoch) {
        epochs.accumulateAndGet(bucket, epoch, Math::max);
    }

    /** Bounds the time of a request and gives all its failures one form. */
    private <T> CompletableFuture<T> answered(Function<CacheRequest, CompletableFuture<T>> commands) {
        if (closed) {
            return CompletableFuture.failedFuture(unavailable("is closed", null));
        }
        return new CacheRequest(link)
                .answer(
                        commands,
                        scheduler,
                        commandTimeout,
                        () -> unavailable("wasn't answered within " + commandTimeout, null),
                        this::failed);
    }

    private CacheStoreUnavailableException failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CacheStoreUnavailableException known
                ? known
                : unavailable("couldn't be asked: " + cause.getMessage(), cause);
    }

    private CacheStoreUnavailableException brokeMeanwhile() {
        return unavailable("was asked twice, since the connection broke: what became of the change isn't known", null);
    }

    private CacheStoreUnavailableException unavailable(String problem, @Nullable Throwable cause) {
        return new CacheStoreUnavailableException("Cache '" + cache + "' in Redis " + problem, cause);
    }

    private static CompletableFuture<Void> joined(List<? extends CompletableFuture<?>> all) {
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    /** Gives the names that a script touches, the bucket's first. */
    private interface Naming {

        List<String> names(int bucket, long epoch);
    }

    private record Sent(long epoch, Reply reply) {}

    private record Asked(Sent sent, String fresh) {}
}
