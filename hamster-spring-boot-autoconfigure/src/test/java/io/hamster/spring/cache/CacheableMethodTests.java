package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;

/** Plain {@code @Cacheable} and its companions, as Boot sets them up. */
class CacheableMethodTests {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ApplicationContextRunner runner = CacheTestContexts.runner()
            .withConfiguration(AutoConfigurations.of(
                    CacheAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class))
            .withPropertyValues("spring.datasource.generate-unique-name=true")
            .withUserConfiguration(Caching.class)
            .withBean(Books.class);

    @Test
    void cachesUpdatesAndEvicts() {
        with((books, cache) -> {
            assertThat(books.find(1)).isEqualTo("book 1 #1");
            assertThat(books.find(1)).isEqualTo("book 1 #1");
            assertThat(cache.get(1L)).contains("book 1 #1");
            books.save(1);
            assertThat(books.find(1)).isEqualTo("saved 1");
            books.remove(1);
            assertThat(books.find(1)).isEqualTo("book 1 #2");
            books.find(2);
            books.clear();
            assertThat(cache.get(2L)).isEmpty();
            books.find(1);
            assertThat(catchThrowable(() -> books.removeFirst(1))).hasMessage("no");
            assertThat(cache.get(1L)).isEmpty();
        });
    }

    @Test
    void runsASynchronizedMethodOnceFor64Threads() {
        with((books, cache) -> {
            int threads = 64;
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            try {
                CountDownLatch ready = new CountDownLatch(threads);
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    answers.add(pool.submit(() -> {
                        ready.countDown();
                        ready.await();
                        return books.findSync(1);
                    }));
                }
                for (Future<String> answer : answers) {
                    assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("book 1 #1");
                }
            } finally {
                pool.shutdownNow();
            }
        });
    }

    @Test
    void givesCallersTheMethodsOwnException() {
        with((books, cache) -> {
            assertThat(catchThrowable(() -> books.fail(1))).isInstanceOf(IOException.class);
            assertThat(catchThrowable(() -> books.failSync(1))).isInstanceOf(IOException.class);
            assertThat(cache.get(1L)).isEmpty();
        });
    }

    @Test
    void cachesWhatFuturesAndMonosCompleteWith() {
        with((books, cache) -> {
            assertThat(books.future(1).get(10, TimeUnit.SECONDS)).isEqualTo("book 1 #1");
            assertThat(books.future(1).get(10, TimeUnit.SECONDS)).isEqualTo("book 1 #1");
            assertThat(books.futureSync(2).get(10, TimeUnit.SECONDS)).isEqualTo("book 2 #2");
            assertThat(books.futureSync(2).get(10, TimeUnit.SECONDS)).isEqualTo("book 2 #2");
            assertThat(books.mono(3).block(LIMIT)).isEqualTo("book 3 #3");
            assertThat(books.mono(3).block(LIMIT)).isEqualTo("book 3 #3");
            assertThat(books.monoSync(4).block(LIMIT)).isEqualTo("book 4 #4");
            assertThat(books.monoSync(4).block(LIMIT)).isEqualTo("book 4 #4");
            assertThat(cache.get(1L)).contains("book 1 #1");
            assertThat(cache.get(3L)).contains("book 3 #3");
        });
    }

    @Test
    void updatesWithWhatFuturesAndMonosCompleteWith() {
        with((books, cache) -> {
            cache.put(1L, "old");
            cache.put(2L, "old");
            CompletableFuture<String> saving = new CompletableFuture<>();
            CompletableFuture<String> saved = books.saveLater(1, saving);
            assertThat(cache.get(1L)).as("not saved yet").contains("old");
            saving.complete("new 1");
            assertThat(saved.get(10, TimeUnit.SECONDS)).isEqualTo("new 1");
            assertThat(cache.get(1L)).contains("new 1");
            Mono<String> lazily = books.saveLazily(2, Mono.just("new 2"));
            assertThat(cache.get(2L)).as("not subscribed to yet").contains("old");
            assertThat(lazily.block(LIMIT)).isEqualTo("new 2");
            assertThat(cache.get(2L)).contains("new 2");
        });
    }

    @Test
    void keepsWhatIsCachedWhenAFutureOrMonoFails() {
        with((books, cache) -> {
            cache.put(1L, "old");
            IOException failure = new IOException("no");
            assertThat(catchThrowable(() -> books.saveLater(1, CompletableFuture.failedFuture(failure))
                            .get(10, TimeUnit.SECONDS)))
                    .hasRootCause(failure);
            assertThat(catchThrowable(
                            () -> books.saveLazily(1, Mono.error(failure)).block(LIMIT)))
                    .hasRootCause(failure);
            assertThat(catchThrowable(() -> books.removeLater(1, CompletableFuture.failedFuture(failure))
                            .get(10, TimeUnit.SECONDS)))
                    .hasRootCause(failure);
            assertThat(catchThrowable(
                            () -> books.removeLazily(1, Mono.error(failure)).block(LIMIT)))
                    .hasRootCause(failure);
            assertThat(cache.get(1L)).contains("old");
        });
    }

    @Test
    void evictsWhenAFutureOrMonoCompletes() {
        with((books, cache) -> {
            cache.put(1L, "old");
            cache.put(2L, "old");
            CompletableFuture<Void> removing = new CompletableFuture<>();
            CompletableFuture<Void> removed = books.removeLater(1, removing);
            assertThat(cache.get(1L)).as("not removed yet").contains("old");
            removing.complete(null);
            removed.get(10, TimeUnit.SECONDS);
            assertThat(cache.get(1L)).isEmpty();
            Mono<Void> lazily = books.removeLazily(2, Mono.empty());
            assertThat(cache.get(2L)).as("not subscribed to yet").contains("old");
            lazily.block(LIMIT);
            assertThat(cache.get(2L)).isEmpty();
            assertThat(books.future(1).get(10, TimeUnit.SECONDS)).isEqualTo("book 1 #1");
            assertThat(books.mono(2).block(LIMIT)).isEqualTo("book 2 #2");
        });
    }

    @Test
    void cachesTheContentOfAnOptional() {
        with((books, cache) -> {
            assertThat(books.maybe(1)).contains("book 1 #1");
            assertThat(books.maybe(1)).contains("book 1 #1");
            assertThat(cache.get(1L)).contains("book 1 #1");
        });
    }

    @Test
    void publishesNoValueThatWasInvalidatedWhileItsMethodRan() {
        with((books, cache) -> {
            assertThat(books.findAndInvalidate(1, () -> cache.invalidate(1L))).isEqualTo("book 1 #1");
            assertThat(cache.get(1L)).isEmpty();
            assertThat(books.find(1)).isEqualTo("book 1 #2");
        });
    }

    @Test
    void changesAfterTheCommitOnly() {
        inTransaction((books, cache, transaction) -> {
            books.find(1);
            books.find(2);
            transaction.executeWithoutResult(status -> {
                books.save(1);
                books.remove(2);
                assertThat(cache.get(1L)).contains("book 1 #1");
                assertThat(cache.get(2L)).contains("book 2 #2");
                assertThat(books.find(2)).as("its own change").isEqualTo("book 2 #3");
                assertThat(books.findSync(2)).as("its own change").isEqualTo("book 2 #4");
            });
            assertThat(cache.get(1L)).contains("saved 1");
            assertThat(cache.get(2L)).isEmpty();
        });
    }

    @Test
    void changesNothingAfterARollback() {
        inTransaction((books, cache, transaction) -> {
            books.find(1);
            books.find(2);
            transaction.executeWithoutResult(status -> {
                books.save(1);
                books.clear();
                status.setRollbackOnly();
            });
            assertThat(cache.get(1L)).contains("book 1 #1");
            assertThat(cache.get(2L)).contains("book 2 #2");
        });
    }

    @Test
    void publishesNothingThatWasLoadedInATransaction() {
        inTransaction((books, cache, transaction) -> {
            transaction.executeWithoutResult(status -> {
                books.find(1);
                books.findSync(2);
                books.future(3).join();
                books.futureSync(4).join();
            });
            assertThat(cache.get(1L)).isEmpty();
            assertThat(cache.get(2L)).isEmpty();
            assertThat(cache.get(3L)).isEmpty();
            assertThat(cache.get(4L)).isEmpty();
        });
    }

    @Test
    void keepsWhatOthersCachedWhenAReadOnlyTransactionMissedIt() {
        inTransaction((books, cache, transaction) -> {
            transaction.setReadOnly(true);
            transaction.executeWithoutResult(status -> {
                books.findAndInvalidate(1, () -> cache.put(1L, "of another"));
            });
            assertThat(cache.get(1L)).contains("of another");
            transaction.setReadOnly(false);
            cache.clear();
            transaction.executeWithoutResult(status -> {
                books.findAndInvalidate(1, () -> cache.put(1L, "of another"));
            });
            assertThat(cache.get(1L)).isEmpty();
        });
    }

    @Test
    void evictsAtOnceAndAfterTheCommitWhenToldToDoSoBeforeTheCall() {
        inTransaction((books, cache, transaction) -> {
            books.find(1);
            transaction.executeWithoutResult(status -> {
                catchThrowable(() -> books.removeFirst(1));
                assertThat(cache.get(1L)).isEmpty();
                cache.put(1L, "loaded by another before the commit");
            });
            assertThat(cache.get(1L)).isEmpty();
        });
    }

    private void with(BooksTest test) {
        inTransaction((books, cache, transaction) -> test.run(books, cache));
    }

    private void inTransaction(TransactionTest test) {
        runner.run(context -> test.run(
                context.getBean(Books.class),
                context.getBean(CacheClient.class).cache("books"),
                new TransactionTemplate(context.getBean(PlatformTransactionManager.class))));
    }

    private interface BooksTest {

        void run(Books books, HamsterCache<Object, Object> cache) throws Exception;
    }

    private interface TransactionTest {

        void run(Books books, HamsterCache<Object, Object> cache, TransactionTemplate transaction) throws Exception;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    static class Books {

        private final AtomicInteger runs = new AtomicInteger();

        @Cacheable("books")
        public String find(long id) {
            return book(id);
        }

        @Cacheable(cacheNames = "books", key = "#id")
        public String findAndInvalidate(long id, Runnable meanwhile) {
            String book = book(id);
            meanwhile.run();
            return book;
        }

        @Cacheable(cacheNames = "books", sync = true)
        public String findSync(long id) {
            return book(id);
        }

        @Cacheable("books")
        public Optional<String> maybe(long id) {
            return Optional.of(book(id));
        }

        @Cacheable("books")
        public String fail(long id) throws IOException {
            throw new IOException("no");
        }

        @Cacheable(cacheNames = "books", sync = true)
        public String failSync(long id) throws IOException {
            throw new IOException("no");
        }

        @Cacheable("books")
        public CompletableFuture<String> future(long id) {
            return CompletableFuture.completedFuture(book(id));
        }

        @Cacheable(cacheNames = "books", sync = true)
        public CompletableFuture<String> futureSync(long id) {
            return CompletableFuture.completedFuture(book(id));
        }

        @Cacheable("books")
        public Mono<String> mono(long id) {
            return Mono.fromSupplier(() -> book(id));
        }

        @Cacheable(cacheNames = "books", sync = true)
        public Mono<String> monoSync(long id) {
            return Mono.fromSupplier(() -> book(id));
        }

        @CachePut("books")
        public String save(long id) {
            return "saved " + id;
        }

        @CachePut(cacheNames = "books", key = "#id")
        public CompletableFuture<String> saveLater(long id, CompletableFuture<String> book) {
            return book;
        }

        @CachePut(cacheNames = "books", key = "#id")
        public Mono<String> saveLazily(long id, Mono<String> book) {
            return book;
        }

        @CacheEvict("books")
        public void remove(long id) {}

        @CacheEvict(cacheNames = "books", key = "#id")
        public CompletableFuture<Void> removeLater(long id, CompletableFuture<Void> removal) {
            return removal;
        }

        @CacheEvict(cacheNames = "books", key = "#id")
        public Mono<Void> removeLazily(long id, Mono<Void> removal) {
            return removal;
        }

        @CacheEvict(cacheNames = "books", beforeInvocation = true)
        public void removeFirst(long id) {
            throw new IllegalStateException("no");
        }

        @CacheEvict(cacheNames = "books", allEntries = true)
        public void clear() {}

        private String book(long id) {
            return "book " + id + " #" + runs.incrementAndGet();
        }
    }
}
