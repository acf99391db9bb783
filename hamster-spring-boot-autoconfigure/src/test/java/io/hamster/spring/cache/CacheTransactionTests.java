package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.cache.Cache;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.DefaultTransactionAttribute;
import org.springframework.transaction.interceptor.NameMatchTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionInterceptor;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;

/** With transactions of a real database. */
class CacheTransactionTests {

    private final ApplicationContextRunner runner = CacheTestContexts.runner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    TransactionManagerCustomizationAutoConfiguration.class,
                    TransactionAutoConfiguration.class))
            .withPropertyValues("spring.datasource.generate-unique-name=true")
            .withBean(Stock.class);

    @Test
    void invalidatesAfterTheCommit() {
        with(shop -> {
            assertThat(shop.stock.count(1)).isEqualTo(10);
            shop.inTransaction(() -> {
                shop.stock.set(1, 9);
                assertThat(shop.elsewhere(() -> shop.stock.count(1))).isEqualTo(10);
            });
            assertThat(shop.stock.count(1)).isEqualTo(9);
        });
    }

    @Test
    void invalidatesNothingAfterARollback() {
        with(shop -> {
            assertThat(shop.stock.count(1)).isEqualTo(10);
            shop.rolledBack(() -> shop.stock.set(1, 9));
            assertThat(shop.stock.count(1)).isEqualTo(10);
            assertThat(shop.stock.loads()).isEqualTo(1);
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void updatesAfterTheCommit() {
        with(shop -> {
            shop.stock.count(1);
            shop.inTransaction(() -> {
                shop.stock.put(1, 9);
                assertThat(shop.cached(1)).contains(10);
            });
            assertThat(shop.cached(1)).contains(9);
            assertThat(shop.stock.count(1)).isEqualTo(9);
            assertThat(shop.stock.loads()).isEqualTo(1);
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void updatesNothingAfterARollback() {
        with(shop -> {
            shop.stock.count(1);
            shop.rolledBack(() -> shop.stock.put(1, 9));
            assertThat(shop.cached(1)).contains(10);
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void keepsTheLastOfSeveralUpdates() {
        with(shop -> {
            shop.inTransaction(() -> {
                shop.stock.put(1, 9);
                shop.stock.put(1, 8);
            });
            assertThat(shop.cached(1)).contains(8);
        });
    }

    @Test
    void showsATransactionItsOwnChanges() {
        with(shop -> {
            shop.stock.count(1);
            shop.stock.count(2);
            shop.inTransaction(() -> {
                shop.stock.set(1, 9);
                assertThat(shop.stock.count(1)).isEqualTo(9);
                assertThat(shop.stock.count(2)).isEqualTo(10);
                assertThat(shop.stock.loads()).isEqualTo(3);
                shop.stock.clear();
                assertThat(shop.stock.count(2)).isEqualTo(10);
                assertThat(shop.stock.loads()).isEqualTo(4);
            });
        });
    }

    @Test
    void publishesNothingThatWasLoadedInATransaction() {
        with(shop -> {
            shop.rolledBack(() -> {
                shop.jdbc.update("update stock set count = 5 where id = 1");
                assertThat(shop.stock.count(1)).isEqualTo(5);
                assertThat(shop.cached(1)).isEmpty();
            });
            assertThat(shop.stock.count(1)).isEqualTo(10);
        });
    }

    @Test
    void joinsNoLoadOfOthersInATransaction() {
        with(shop -> {
            CompletableFuture<Integer> other = new CompletableFuture<>();
            shop.stock.block();
            Thread loads = new Thread(() -> other.complete(shop.stock.slowCount(1)));
            loads.start();
            shop.stock.awaitBlocked();
            shop.inTransaction(() -> assertThat(shop.stock.slowCount(1)).isEqualTo(10));
            assertThat(other).isNotDone();
            shop.stock.unblock();
            assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(10);
            assertThat(shop.stock.loads()).isEqualTo(2);
        });
    }

    @Test
    void publishesLoadsInATransactionWhereTheyAreDeclaredSafe() {
        runner.withPropertyValues("hamster.cache.caches.stock.safe-in-transactions=true")
                .run(context -> {
                    Shop shop = new Shop(context);
                    shop.inTransaction(() -> shop.stock.count(1));
                    assertThat(shop.cached(1)).contains(10);
                });
    }

    @Test
    void dropsWhatWasLoadedBetweenTheChangeAndTheCommit() {
        with(shop -> {
            shop.inTransaction(() -> {
                shop.stock.set(1, 9);
                assertThat(shop.elsewhere(() -> shop.stock.count(1))).isEqualTo(10);
                assertThat(shop.cached(1)).contains(10);
            });
            assertThat(shop.cached(1)).isEmpty();
            assertThat(shop.stock.count(1)).isEqualTo(9);
        });
    }

    @Test
    void keepsTheChangesOfNestedTransactionsApart() {
        with(shop -> {
            shop.stock.count(1);
            shop.stock.count(2);
            shop.rolledBack(() -> {
                shop.stock.set(1, 9);
                shop.inNewTransaction(() -> {
                    assertThat(shop.stock.count(1))
                            .as("not touched by the inner one")
                            .isEqualTo(10);
                    shop.stock.set(2, 9);
                });
                assertThat(shop.cached(2)).isEmpty();
                assertThat(shop.stock.count(1)).isEqualTo(9);
            });
            assertThat(shop.cached(1)).contains(10);
            assertThat(shop.stock.count(2)).isEqualTo(9);
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void forgetsWhatIsRolledBackToASavepoint() {
        with(shop -> {
            shop.inTransaction(() -> {
                shop.stock.put(1, 9);
                shop.nestedAndRolledBack(() -> {
                    shop.stock.put(1, 8);
                    shop.stock.put(2, 8);
                });
            });
            assertThat(shop.cached(1)).contains(9);
            assertThat(shop.cached(2)).isEmpty();
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void forgetsWhatIsRolledBackToASavepointFromBeforeTheFirstChange() {
        with(shop -> {
            shop.inTransaction(() -> shop.nestedAndRolledBack(() -> shop.stock.put(2, 8)));
            assertThat(shop.cached(2)).isEmpty();
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void dropsAKeyThatTwoTransactionsPutAtTheSameTime() {
        with(shop -> {
            shop.inTransaction(() -> {
                shop.stock.announce(1, 9);
                shop.elsewhere(() -> {
                    shop.inTransaction(() -> shop.stock.announce(1, 8));
                    return 0;
                });
                assertThat(shop.cached(1)).contains(8);
            });
            assertThat(shop.cached(1)).isEmpty();
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void dropsAKeyThatWasInvalidatedBeforeItsUpdateWasCommitted() {
        with(shop -> {
            shop.inTransaction(() -> {
                shop.stock.announce(1, 9);
                shop.elsewhere(() -> {
                    shop.stock.forget(1);
                    return 0;
                });
            });
            assertThat(shop.cached(1)).isEmpty();
        });
    }

    @Test
    void keepsNoOlderValueOfATransactionThatEndedInsideTheUpdate() {
        with(shop -> {
            shop.stock.sell(1, 9, () -> shop.elsewhere(() -> shop.stock.sell(1, 8, () -> {})));
            assertThat(shop.cached(1)).isEmpty();

            shop.stock.sell(1, 7, () -> {});
            assertThat(shop.cached(1)).contains(7);
        });
    }

    @Test
    void invalidatesWhatANewTransactionCommittedAlthoughTheOuterRollsBack() {
        with(shop -> {
            shop.stock.count(1);
            shop.rolledBack(() -> {
                shop.stock.setApart(1, 9, () -> {});
                assertThat(shop.cached(1)).isEmpty();
            });
            assertThat(shop.stock.count(1)).isEqualTo(9);

            TransactionTemplate alike = new TransactionTemplate(shop.manager);
            alike.setName(Stock.class.getName() + ".setApart");
            alike.executeWithoutResult(status -> {
                shop.stock.setApart(1, 7, () -> {});
                status.setRollbackOnly();
            });
            assertThat(shop.stock.count(1))
                    .as("after another method of that name")
                    .isEqualTo(7);

            shop.rolledBack(() -> shop.stock.setWithout(1, 8));
            assertThat(shop.stock.count(1)).isEqualTo(8);
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void waitsForANewTransactionThatBeganFurtherOut() {
        runner.withUserConfiguration(OuterTransactions.class).run(context -> {
            Shop shop = new Shop(context);
            shop.stock.count(1);
            shop.rolledBack(() -> {
                shop.stock.setApart(
                        1,
                        9,
                        () -> assertThat(shop.cached(1)).as("before the commit").contains(10));
                assertThat(shop.cached(1)).isEmpty();
            });
        });
    }

    @Test
    void knowsANewTransactionThatNoAnnotationOfSpringSays() {
        runner.withUserConfiguration(NamedTransactions.class).run(context -> {
            Shop shop = new Shop(context);
            shop.stock.count(1);
            shop.rolledBack(() -> {
                shop.stock.setByName(1, 9);
                assertThat(shop.cached(1)).isEmpty();
                shop.stock.set(2, 9);
            });
            assertThat(shop.stock.count(1)).isEqualTo(9);
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void keepsNoOlderValueThanWhatWasPutWhileAMethodRan() {
        with(shop -> {
            shop.inTransaction(() -> shop.stock.announce(1, 9, () -> shop.elsewhere(() -> shop.stock.announce(1, 10))));
            assertThat(shop.cached(1)).isEmpty();

            shop.inTransaction(() -> shop.stock.announce(1, 8, () -> {}));
            assertThat(shop.cached(1)).contains(8);
        });
    }

    @Test
    void keepsNoOlderValueThanWhatWasPutBeforeAFutureInATransactionCompleted() {
        with(shop -> {
            shop.inTransaction(() -> {
                CompletableFuture<Integer> work = new CompletableFuture<>();
                CompletableFuture<Integer> put = shop.stock.putLater(2, work);
                shop.elsewhere(() -> shop.stock.announce(2, 10));
                work.complete(9);
                put.join();
            });
            assertThat(shop.cached(2)).isEmpty();
        });
    }

    @Test
    void keepsNoOlderValueOfAMonoThatOutlivesItsTransaction() {
        with(shop -> {
            AtomicReference<Mono<Integer>> late = new AtomicReference<>();
            CompletableFuture<Integer> count = new CompletableFuture<>();
            shop.inTransaction(() -> late.set(shop.stock.putMono(1, count)));
            CompletableFuture<Integer> put = late.get().toFuture();
            shop.stock.put(1, 8);
            count.complete(9);
            assertThat(put.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(9);
            assertThat(shop.cached(1)).isEmpty();
        });
    }

    @Test
    void putsNothingIfTheKeyWasChangedMeanwhile() {
        with(shop -> {
            shop.inTransaction(() -> {
                shop.plain.putIfAbsent(1L, 9);
                shop.elsewhere(() -> {
                    shop.stock.set(1, 8);
                    return 0;
                });
            });
            assertThat(shop.cached(1)).isEmpty();

            shop.inTransaction(() -> shop.plain.putIfAbsent(1L, 8));
            assertThat(shop.cached(1)).contains(8);
            shop.inTransaction(() -> shop.plain.putIfAbsent(1L, 7));
            assertThat(shop.cached(1)).contains(8);
        });
    }

    @Test
    void changesAtOnceWhatIsChangedAfterTheCommit() {
        with(shop -> {
            shop.stock.count(1);
            shop.inTransaction(() -> {
                shop.stock.set(2, 9);
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        shop.stock.forget(1);
                        assertThat(shop.cached(1)).isEmpty();
                    }
                });
            });
            assertThat(shop.cached(1)).isEmpty();
        });
    }

    @Test
    void hasChangedTheCachesBeforeOthersRunAfterTheCommit() {
        with(shop -> {
            shop.stock.count(1);
            AtomicReference<Optional<Object>> seen = new AtomicReference<>();
            shop.inTransaction(() -> {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        seen.set(shop.cached(1));
                    }
                });
                shop.stock.set(1, 9);
            });
            assertThat(seen.get()).isEmpty();
        });
    }

    @Test
    void reportsAFailedChangeOnceAllOthersHaveRun() {
        runner.withBean(FailingWriter.class).run(context -> {
            Shop shop = new Shop(context);
            AtomicReference<String> others = new AtomicReference<>("haven't run");
            Throwable thrown = catchThrowable(() -> shop.inTransaction(() -> {
                shop.stock.put(1, 9);
                shop.stock.forget(2);
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        others.set("have run");
                    }
                });
            }));
            assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessage("no");
            assertThat(others).hasValue("have run");
            assertThat(shop.jdbc.queryForObject("select count from stock where id = 1", Integer.class))
                    .isEqualTo(9);
        });
    }

    @Test
    void waitsForTheCommitWithWhatAFutureChanges() {
        with(shop -> {
            shop.stock.count(1);
            CompletableFuture<Integer> early = new CompletableFuture<>();
            CompletableFuture<Integer> late = new CompletableFuture<>();
            shop.inTransaction(() -> {
                shop.stock.changeLater(1, early);
                shop.stock.changeLater(2, late);
                shop.elsewhere(() -> early.complete(1) ? 1 : 0);
                assertThat(shop.cached(1)).contains(10);
            });
            assertThat(shop.cached(1)).isEmpty();
            shop.stock.count(2);
            late.complete(2);
            assertThat(shop.cached(2)).isEmpty();
        });
    }

    @Test
    void keepsNoOlderValueOfAFutureThatOutlivesItsTransaction() {
        with(shop -> {
            CompletableFuture<Integer> late = new CompletableFuture<>();
            shop.inTransaction(() -> shop.stock.putLater(1, late));
            shop.stock.put(1, 8);
            late.complete(9);
            assertThat(shop.cached(1)).isEmpty();
        });
    }

    @Test
    void dropsWhatItWouldHavePutWhenTheOutcomeIsUnknown() {
        with(shop -> {
            shop.stock.count(1);
            shop.stock.count(2);
            shop.withUnknownOutcome(() -> {
                shop.stock.announce(1, 9);
                shop.stock.forget(2);
            });
            assertThat(shop.cached(1)).isEmpty();
            assertThat(shop.cached(2)).isEmpty();
            shop.assertNothingIsLeft();
        });
    }

    @Test
    void journalsWhatIsToBeWrittenBack() {
        runner.withBean(Books.class).run(context -> {
            Shop shop = new Shop(context);
            HamsterCache<Object, Object> cache =
                    context.getBean(CacheClient.class).cache("stock");
            shop.inTransaction(() -> shop.stock.announce(1, 9));
            assertThat(cache.dirty()).containsExactly(1L);

            shop.inTransaction(() -> shop.stock.announce(1, 8));
            cache.flush();

            assertThat(context.getBean(Books.class).written).containsExactly("1=8");
        });
    }

    @Test
    void deletesNothingDirtyWhenTheOutcomeIsUnknown() {
        runner.withBean(Books.class).run(context -> {
            Shop shop = new Shop(context);
            HamsterCache<Object, Object> cache =
                    context.getBean(CacheClient.class).cache("stock");
            cache.put(2L, 10);
            cache.flush();
            cache.put(1L, 10);

            shop.withUnknownOutcome(() -> {
                shop.stock.announce(1, 9);
                shop.stock.forget(2);
            });

            assertThat(shop.cached(1)).contains(10);
            assertThat(shop.cached(2)).isEmpty();
            cache.flush();
            assertThat(context.getBean(Books.class).written).containsExactly("2=10", "1=10");
        });
    }

    private void with(ThrowingConsumer<Shop> test) {
        runner.run(context -> test.accept(new Shop(context)));
    }

    /** Outside of caches. */
    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(order = 1, proxyTargetClass = true)
    static class OuterTransactions {}

    @Configuration(proxyBeanMethods = false)
    static class NamedTransactions {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static Advisor transactionsByName(BeanFactory beans) {
            NameMatchTransactionAttributeSource source = new NameMatchTransactionAttributeSource();
            source.addTransactionalMethod(
                    "setByName", new DefaultTransactionAttribute(TransactionDefinition.PROPAGATION_REQUIRES_NEW));
            TransactionInterceptor interceptor = new TransactionInterceptor();
            interceptor.setTransactionAttributeSource(source);
            interceptor.setBeanFactory(beans);
            NameMatchMethodPointcut pointcut = new NameMatchMethodPointcut();
            pointcut.setMappedName("setByName");
            return new DefaultPointcutAdvisor(pointcut, interceptor);
        }
    }

    @ForCache("stock")
    static class FailingWriter implements CacheWriter<Long, Integer> {

        @Override
        public void write(Long key, Integer value) {
            throw new IllegalStateException("no");
        }

        @Override
        public void delete(Long key) {}
    }

    @ForCache("stock")
    static class Books implements WriteBackWriter<Long, Integer> {

        final List<String> written = new CopyOnWriteArrayList<>();

        @Override
        public Map<WriteBackEntry<Long, Integer>, Exception> write(List<WriteBackEntry<Long, Integer>> batch) {
            batch.forEach(entry -> written.add(
                    entry.key() + "=" + entry.value().map(Object::toString).orElse("deleted")));
            return Map.of();
        }
    }

    /** The application and what the tests do to it. */
    private static final class Shop {

        final Stock stock;
        final JdbcTemplate jdbc;
        private final HamsterCache<Object, Object> cache;
        private final PlatformTransactionManager manager;
        private final Cache plain;

        Shop(AssertableApplicationContext context) {
            stock = context.getBean(Stock.class);
            jdbc = context.getBean(JdbcTemplate.class);
            cache = context.getBean(CacheClient.class).cache("stock");
            manager = context.getBean(PlatformTransactionManager.class);
            plain = new HamsterCacheManager(
                            context.getBean(CacheClient.class), context.getBean(CacheTransactions.class))
                    .getCache("stock");
            jdbc.execute("create table stock (id bigint primary key, count int)");
            jdbc.update("insert into stock values (1, 10), (2, 10)");
        }

        Optional<Object> cached(long id) {
            return cache.get(id);
        }

        void inTransaction(Runnable work) {
            new TransactionTemplate(manager).executeWithoutResult(status -> work.run());
        }

        void inNewTransaction(Runnable work) {
            TransactionTemplate template = new TransactionTemplate(manager);
            template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            template.executeWithoutResult(status -> work.run());
        }

        void rolledBack(Runnable work) {
            new TransactionTemplate(manager).executeWithoutResult(status -> {
                work.run();
                status.setRollbackOnly();
            });
        }

        void withUnknownOutcome(Runnable work) {
            TransactionSynchronizationManager.initSynchronization();
            TransactionSynchronizationManager.setActualTransactionActive(true);
            try {
                work.run();
                TransactionSynchronizationManager.getSynchronizations()
                        .forEach(each -> each.afterCompletion(TransactionSynchronization.STATUS_UNKNOWN));
            } finally {
                TransactionSynchronizationManager.clear();
            }
        }

        void nestedAndRolledBack(Runnable work) {
            TransactionTemplate template = new TransactionTemplate(manager);
            template.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
            template.executeWithoutResult(status -> {
                work.run();
                status.setRollbackOnly();
            });
        }

        /** On another thread, which has no transaction. */
        int elsewhere(Supplier<Integer> work) {
            return CompletableFuture.supplyAsync(work)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }

        void assertNothingIsLeft() {
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        }
    }

    static class Stock {

        private final JdbcTemplate jdbc;
        private final AtomicInteger loads = new AtomicInteger();
        private final CompletableFuture<Void> blocked = new CompletableFuture<>();
        private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

        Stock(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        public int loads() {
            return loads.get();
        }

        public void block() {
            gate = new CompletableFuture<>();
        }

        public void awaitBlocked() {
            blocked.orTimeout(10, TimeUnit.SECONDS).join();
        }

        public void unblock() {
            gate.complete(null);
        }

        @Cached(name = "stock", key = "#id")
        public int count(long id) {
            loads.incrementAndGet();
            return read(id);
        }

        @Cached(name = "slow", key = "#id")
        public int slowCount(long id) {
            int load = loads.incrementAndGet();
            if (load == 1) {
                blocked.complete(null);
                gate.join();
            }
            return read(id);
        }

        private int read(long id) {
            Integer count = jdbc.queryForObject("select count from stock where id = ?", Integer.class, id);
            return count == null ? 0 : count;
        }

        @CacheInvalidate(name = "stock", key = "#id")
        public void set(long id, int count) {
            jdbc.update("update stock set count = ? where id = ?", count, id);
        }

        @CacheUpdate(name = "stock", key = "#id")
        public int put(long id, int count) {
            jdbc.update("update stock set count = ? where id = ?", count, id);
            return count;
        }

        /** Without the database, whose locks would have the other transaction wait. */
        @CacheUpdate(name = "stock", key = "#id")
        public int announce(long id, int count) {
            return count;
        }

        @CacheUpdate(name = "stock", key = "#id")
        public int announce(long id, int count, Runnable meanwhile) {
            meanwhile.run();
            return count;
        }

        @Transactional
        @CacheUpdate(name = "stock", key = "#id")
        public int sell(long id, int count, Runnable afterCommit) {
            jdbc.update("update stock set count = ? where id = ?", count, id);
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    afterCommit.run();
                }
            });
            return count;
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        @CacheInvalidate(name = "stock", key = "#id")
        public void setApart(long id, int count, Runnable beforeCommit) {
            jdbc.update("update stock set count = ? where id = ?", count, id);
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    beforeCommit.run();
                }
            });
        }

        @CacheInvalidate(name = "stock", key = "#id")
        public void setByName(long id, int count) {
            jdbc.update("update stock set count = ? where id = ?", count, id);
        }

        @Transactional(propagation = Propagation.NOT_SUPPORTED)
        @CacheInvalidate(name = "stock", key = "#id")
        public void setWithout(long id, int count) {
            jdbc.update("update stock set count = ? where id = ?", count, id);
        }

        @CacheInvalidate(name = "stock", key = "#id")
        public void forget(long id) {}

        @CacheInvalidate(name = "stock", key = "#id")
        public CompletableFuture<Integer> changeLater(long id, CompletableFuture<Integer> change) {
            return change;
        }

        @CacheUpdate(name = "stock", key = "#id")
        public CompletableFuture<Integer> putLater(long id, CompletableFuture<Integer> count) {
            return count;
        }

        @CacheUpdate(name = "stock", key = "#id")
        public Mono<Integer> putMono(long id, CompletableFuture<Integer> count) {
            return Mono.fromFuture(count);
        }

        @CacheInvalidate(name = "stock", all = true)
        public void clear() {}
    }
}
