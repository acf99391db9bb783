package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AsyncCachedMethodTests {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void sharesAFutureThatIsStillRunning() {
        with(users -> {
            CompletableFuture<String> first = users.find(1);
            CompletionStage<String> second = users.findStage(1);
            assertThat(users.runs()).isEqualTo(1);
            assertThat(first).isNotDone();
            users.complete(1, "one");
            assertThat(get(first)).isEqualTo("one");
            assertThat(get(second)).isEqualTo("one");
            assertThat(get(users.find(1))).isEqualTo("one");
            assertThat(users.runs()).isEqualTo(1);
        });
    }

    @Test
    void failsEveryFutureWithTheVeryExceptionAndCachesNothing() {
        with(users -> {
            CompletableFuture<String> first = users.find(1);
            CompletableFuture<String> second = users.find(1);
            IOException failure = new IOException("no");
            users.fail(1, failure);
            assertThat(raw(first)).isSameAs(failure);
            assertThat(raw(second)).isSameAs(failure);
            assertThat(users.find(1)).isNotDone();
            assertThat(users.runs()).isEqualTo(2);
        });
    }

    @Test
    void changesCachesWhenTheFutureHasSucceeded() {
        with(users -> {
            users.complete(1, "one");
            get(users.find(1));
            CompletableFuture<String> saved = users.save(1, new CompletableFuture<>());
            assertThat(get(users.find(1))).isEqualTo("one");
            users.lastSaved().complete("saved");
            assertThat(get(saved)).isEqualTo("saved");
            assertThat(get(users.find(1))).isEqualTo("saved");

            CompletableFuture<String> failing = users.change(1, new CompletableFuture<>());
            IOException failure = new IOException("no");
            users.lastSaved().completeExceptionally(failure);
            assertThat(raw(failing)).isSameAs(failure);
            assertThat(get(users.find(1))).isEqualTo("saved");

            get(users.change(1, CompletableFuture.completedFuture("done")));
            assertThat(get(users.find(1))).isEqualTo("one");
            assertThat(users.runs()).isEqualTo(2);
        });
    }

    @Test
    void dropsAKeyThatWasUpdatedWhileTheFutureWasRunning() {
        with(users -> {
            CompletableFuture<String> mine = new CompletableFuture<>();
            CompletableFuture<String> saved = users.save(1, mine);
            get(users.save(1, CompletableFuture.completedFuture("theirs")));
            mine.complete("mine");
            assertThat(get(saved)).isEqualTo("mine");
            users.complete(1, "read again");
            assertThat(get(users.find(1))).isEqualTo("read again");
        });
    }

    @Test
    void dropsAKeyThatWasUpdatedWhileTheMonoWasRunning() {
        with(users -> {
            CompletableFuture<String> mine = new CompletableFuture<>();
            CompletableFuture<String> saved =
                    users.saveMono(1, Mono.fromFuture(mine)).toFuture();
            users.saveMono(1, Mono.just("theirs")).block(LIMIT);
            mine.complete("mine");
            assertThat(get(saved)).isEqualTo("mine");
            assertThat(users.mono(1).block(LIMIT)).isEqualTo("mono 1 #1 for nobody");
        });
    }

    @Test
    void asksForAMonoWhenItIsSubscribedTo() {
        with(users -> {
            Mono<String> mono = users.mono(1);
            assertThat(users.runs()).isZero();
            assertThat(mono.block(LIMIT)).isEqualTo("mono 1 #1 for nobody");
            assertThat(mono.block(LIMIT)).isEqualTo("mono 1 #1 for nobody");
            assertThat(users.mono(1).block(LIMIT)).isEqualTo("mono 1 #1 for nobody");
            assertThat(users.mono(2).block(LIMIT)).isEqualTo("mono 2 #2 for nobody");
        });
    }

    @Test
    void letsTheMonoSeeTheSubscribersContext() {
        with(users -> assertThat(users.mono(1)
                        .contextWrite(context -> context.put("user", "Ada"))
                        .block(LIMIT))
                .isEqualTo("mono 1 #1 for Ada"));
    }

    @Test
    void cachesNeitherAnEmptyMonoNorAFailedOne() {
        with(users -> {
            assertThat(users.emptyMono(1).blockOptional(LIMIT)).isEmpty();
            assertThat(users.emptyMono(1).blockOptional(LIMIT)).isEmpty();
            assertThat(users.runs()).isEqualTo(2);
            assertThat(catchThrowable(() -> users.failedMono(1).block(LIMIT))).hasMessage("#3");
            assertThat(catchThrowable(() -> users.failedMono(1).block(LIMIT))).hasMessage("#4");
        });
    }

    @Test
    void changesCachesWhenTheMonoHasSucceeded() {
        with(users -> {
            users.mono(1).block(LIMIT);
            Mono<String> saved = users.saveMono(1);
            assertThat(users.mono(1).block(LIMIT)).isEqualTo("mono 1 #1 for nobody");
            saved.block(LIMIT);
            assertThat(users.mono(1).block(LIMIT)).isEqualTo("saved mono");
            users.changeMono(1).block(LIMIT);
            assertThat(users.mono(1).block(LIMIT)).isEqualTo("mono 1 #2 for nobody");
        });
    }

    private static void with(ThrowingConsumer<Users> test) {
        CacheTestContexts.runner().withBean(Users.class).run(context -> test.accept(context.getBean(Users.class)));
    }

    private static String get(CompletionStage<String> stage) throws Exception {
        return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** The exception as a handler sees it. */
    private static Throwable raw(CompletableFuture<String> failed) throws Exception {
        return failed.handle((value, failure) -> failure).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    static class Users {

        private final AtomicInteger runs = new AtomicInteger();
        private final Map<Long, CompletableFuture<String>> source = new ConcurrentHashMap<>();
        private volatile CompletableFuture<String> lastSaved = new CompletableFuture<>();

        public int runs() {
            return runs.get();
        }

        public CompletableFuture<String> lastSaved() {
            return lastSaved;
        }

        public void complete(long id, String value) {
            source(id).complete(value);
        }

        public void fail(long id, Exception failure) {
            source(id).completeExceptionally(failure);
            source.remove(id);
        }

        private CompletableFuture<String> source(long id) {
            return source.computeIfAbsent(id, missing -> new CompletableFuture<>());
        }

        @Cached(name = "users", key = "#id")
        public CompletableFuture<String> find(long id) {
            runs.incrementAndGet();
            return source(id);
        }

        @Cached(name = "users", key = "#id")
        public CompletionStage<String> findStage(long id) {
            runs.incrementAndGet();
            return source(id);
        }

        @CacheUpdate(name = "users", key = "#id")
        public CompletableFuture<String> save(long id, CompletableFuture<String> saved) {
            lastSaved = saved;
            return saved;
        }

        @CacheInvalidate(name = "users", key = "#id")
        public CompletableFuture<String> change(long id, CompletableFuture<String> saved) {
            lastSaved = saved;
            return saved;
        }

        @Cached(name = "monos", key = "#id")
        public Mono<String> mono(long id) {
            int run = runs.incrementAndGet();
            return Mono.deferContextual(
                    context -> Mono.just("mono " + id + " #" + run + " for " + context.getOrDefault("user", "nobody")));
        }

        @Cached(name = "monos", key = "#id")
        public Mono<String> emptyMono(long id) {
            runs.incrementAndGet();
            return Mono.empty();
        }

        @Cached(name = "monos", key = "#id")
        public Mono<String> failedMono(long id) {
            return Mono.error(new IllegalStateException("#" + runs.incrementAndGet()));
        }

        @CacheUpdate(name = "monos", key = "#id")
        public Mono<String> saveMono(long id) {
            return Mono.just("saved mono");
        }

        @CacheUpdate(name = "monos", key = "#id")
        public Mono<String> saveMono(long id, Mono<String> saved) {
            return saved;
        }

        @CacheInvalidate(name = "monos", key = "#id")
        public Mono<Void> changeMono(long id) {
            return Mono.empty();
        }
    }
}
