package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.reactive.AbstractReactiveTransactionManager;
import org.springframework.transaction.reactive.GenericReactiveTransaction;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;

class ReactiveCacheTransactionTests {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final TransactionalOperator transaction = TransactionalOperator.create(new Transactions());

    @Test
    void changesAfterTheCommitAndShowsTheTransactionItsOwn() {
        with((users, cache) -> {
            users.find(1).block(LIMIT);
            users.find(2).block(LIMIT);
            Mono<String> work = users.save(1)
                    .then(users.change(2))
                    .then(Mono.fromRunnable(() -> {
                        assertThat(cache.get(1L)).contains("user 1 #1");
                        assertThat(cache.get(2L)).contains("user 2 #2");
                    }))
                    .then(users.find(2));
            assertThat(work.as(transaction::transactional).block(LIMIT)).isEqualTo("user 2 #3");
            assertThat(cache.get(1L)).contains("saved 1");
            assertThat(cache.get(2L)).isEmpty();
        });
    }

    @Test
    void changesNothingAfterARollback() {
        with((users, cache) -> {
            users.find(1).block(LIMIT);
            Mono<String> work = users.save(1).then(Mono.<String>error(new IllegalStateException("no")));
            work.as(transaction::transactional).onErrorComplete().block(LIMIT);
            assertThat(cache.get(1L)).contains("user 1 #1");
        });
    }

    @Test
    void publishesNothingThatWasLoadedInATransactionButReadsWhatIsCached() {
        with((users, cache) -> {
            assertThat(users.find(1).as(transaction::transactional).block(LIMIT))
                    .isEqualTo("user 1 #1");
            assertThat(cache.get(1L)).isEmpty();
            assertThat(users.find(1).block(LIMIT)).isEqualTo("user 1 #2");
            assertThat(users.find(1).as(transaction::transactional).block(LIMIT))
                    .isEqualTo("user 1 #2");
        });
    }

    @Test
    void keepsNoOlderValueThanWhatWasPutWhileTheMonoRan() {
        with((users, cache) -> {
            Mono<String> work = users.saveMeanwhile(1, () -> users.save(1).block(LIMIT));
            assertThat(work.as(transaction::transactional).block(LIMIT)).isEqualTo("mine");
            assertThat(cache.get(1L)).isEmpty();
        });
    }

    @Test
    void servesAnExpiredValueForAMethodThatFailsUnlessTheTransactionHasChangedIt() {
        CacheTestContexts.runner()
                .withBean(Users.class)
                .withPropertyValues("hamster.cache.caches.users.ttl=1m", "hamster.cache.caches.users.stale-on-error=5m")
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    HamsterCache<Object, Object> cache =
                            context.getBean(CacheClient.class).cache("users");
                    users.find(1).block(LIMIT);
                    context.getBean(ManualTime.class).advance(Duration.ofMinutes(2));
                    users.fail();

                    assertThat(users.find(1).as(transaction::transactional).block(LIMIT))
                            .isEqualTo("user 1 #1");
                    assertThat(cache.stats().staleServed()).isEqualTo(1);
                    assertThatIllegalStateException()
                            .isThrownBy(() ->
                                    users.find(2).as(transaction::transactional).block(LIMIT))
                            .withMessage("down");
                    assertThatIllegalStateException()
                            .isThrownBy(() -> users.change(1)
                                    .then(users.find(1))
                                    .as(transaction::transactional)
                                    .block(LIMIT))
                            .withMessage("down");
                    assertThat(cache.stats().staleServed()).isEqualTo(1);
                });
    }

    private static void with(UsersTest test) {
        CacheTestContexts.runner()
                .withBean(Users.class)
                .run(context -> test.run(
                        context.getBean(Users.class),
                        context.getBean(CacheClient.class).cache("users")));
    }

    private interface UsersTest {

        void run(Users users, HamsterCache<Object, Object> cache);
    }

    /** Transactions of nothing, which begin and end as any do. */
    private static final class Transactions extends AbstractReactiveTransactionManager {

        @Override
        protected Object doGetTransaction(TransactionSynchronizationManager manager) {
            return new Object();
        }

        @Override
        protected Mono<Void> doBegin(
                TransactionSynchronizationManager manager, Object transaction, TransactionDefinition definition) {
            return Mono.empty();
        }

        @Override
        protected Mono<Void> doCommit(TransactionSynchronizationManager manager, GenericReactiveTransaction status) {
            return Mono.empty();
        }

        @Override
        protected Mono<Void> doRollback(TransactionSynchronizationManager manager, GenericReactiveTransaction status) {
            return Mono.empty();
        }
    }

    static class Users {

        private final AtomicInteger runs = new AtomicInteger();
        private volatile boolean isDown;

        @Cached(name = "users", key = "#id")
        public Mono<String> find(long id) {
            return Mono.fromSupplier(() -> {
                if (isDown) {
                    throw new IllegalStateException("down");
                }
                return "user " + id + " #" + runs.incrementAndGet();
            });
        }

        public void fail() {
            isDown = true;
        }

        @CacheUpdate(name = "users", key = "#id")
        public Mono<String> save(long id) {
            return Mono.just("saved " + id);
        }

        @CacheUpdate(name = "users", key = "#id")
        public Mono<String> saveMeanwhile(long id, Runnable meanwhile) {
            return Mono.fromSupplier(() -> {
                meanwhile.run();
                return "mine";
            });
        }

        @CacheInvalidate(name = "users", key = "#id")
        public Mono<Void> change(long id) {
            return Mono.empty();
        }
    }
}
