package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.awaitWaiting;
import static io.hamster.spring.lock.LockTestSupport.isLocked;
import static io.hamster.spring.lock.LockTestSupport.otherInstance;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.OnLost;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockListener;
import io.hamster.lock.LockLostException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.NestedLockException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.BeanFactoryTransactionAttributeSourceAdvisor;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Against a real database: what counts is when another connection sees the row. */
@ExtendWith(OutputCaptureExtension.class)
class LockedTransactionTests {

    @Test
    void commitsBeforeTheLockIsFree() {
        with(context -> {
            assertThat(context.getBean(Stock.class)
                            .add("a", () -> TransactionSynchronizationManager.isActualTransactionActive()))
                    .isEqualTo(true);

            assertThat(context.getBean(Release.class).rowsSeen).containsExactly(1);
            assertThat(context.getBean(Release.class).synchronizing)
                    .as("released after the transaction rather than by it")
                    .containsExactly(false);
        });
    }

    @Test
    void isInsideTheTransactionIfTheOrdersAreSwapped() {
        // Shows that the test above can fail.
        with(
                context -> {
                    context.getBean(Stock.class).add("a", () -> null);
                    assertThat(context.getBean(Release.class).synchronizing).containsExactly(true);
                },
                "hamster.lock.aspect-order=2147483647",
                "test.transactions.order=1");
    }

    @Test
    void insideARunningTransactionTheLockIsHeldUntilThatEnds(CapturedOutput output) {
        with(context -> {
            Stock stock = context.getBean(Stock.class);

            transaction(context).executeWithoutResult(status -> {
                stock.joining("a");
                assertThat(isLocked(context, "stock:a")).isTrue();
                stock.joining("b");
                assertThat(context.getBean(Release.class).rowsSeen).isEmpty();
            });

            assertThat(isLocked(context, "stock:a")).isFalse();
            assertThat(isLocked(context, "stock:b")).isFalse();
            assertThat(context.getBean(Release.class).rowsSeen).containsExactly(2, 2);
            assertThat(output.getOut().split("inside a transaction that was running already", -1))
                    .as("one warning for the method")
                    .hasSize(2);
        });
    }

    @Test
    void aRolledBackTransactionReleasesToo() {
        with(context -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> transaction(context).executeWithoutResult(status -> {
                        context.getBean(Stock.class).joining("a");
                        throw new IllegalStateException("undo");
                    }));
            assertThat(isLocked(context, "stock:a")).isFalse();
            assertThat(rows(context)).isZero();
        });
    }

    @Test
    void aSecondCallOfTheSameTransactionReliesOnTheFirstOnesLock() {
        with(context -> transaction(context).executeWithoutResult(status -> {
            context.getBean(Stock.class).joining("a");
            context.getBean(Stock.class).joining("a");

            assertThat(rows(context)).isEqualTo(2);
            assertThat(context.getBean(LockClient.class).admin().stats().acquired())
                    .isEqualTo(1);
        }));
    }

    @Test
    void callsThatRelyOnAnEarlierLockRegisterNothingMore() {
        with(context -> transaction(context).executeWithoutResult(status -> {
            Stock stock = context.getBean(Stock.class);
            stock.joining("a");
            stock.later("b", CompletableFuture.completedFuture("")).join();
            int registered =
                    TransactionSynchronizationManager.getSynchronizations().size();

            stock.joining("a");
            stock.later("b", CompletableFuture.completedFuture("")).join();

            assertThat(TransactionSynchronizationManager.getSynchronizations()).hasSize(registered);
        }));
    }

    @Test
    void aCallThatReliesOnAnEarlierLockFindsThatAsItsOwn() {
        with(context -> transaction(context).executeWithoutResult(status -> {
            Stock stock = context.getBean(Stock.class);
            stock.joining("a");
            stock.joining("b");
            LockHandle before = LockContext.current().orElseThrow();

            assertThat(stock.current("a")).isEqualTo("stock:a");
            assertThat(stock.currentLater("a").join()).isEqualTo("stock:a");
            assertThat(LockContext.current()).containsSame(before);
        }));
    }

    @Test
    void aCallThatReliesOnAnEarlierLockIsInterruptedWhenThatIsLost() {
        with(context -> assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> transaction(context).executeWithoutResult(status -> {
                    Stock stock = context.getBean(Stock.class);
                    stock.joining("a");
                    stock.interrupted("a", () -> {
                        context.getBean(LockClient.class).admin().forceRelease("stock:a");
                        return new CountDownLatch(1).await(10, TimeUnit.SECONDS);
                    });
                }))
                .satisfies(loss ->
                        assertThat(loss.getSuppressed()[0]).hasRootCauseInstanceOf(InterruptedException.class)));
    }

    @Test
    void anInnerTransactionDoesNotRelyOnTheLockOfASuspendedOne() {
        with(context -> transaction(context).executeWithoutResult(status -> {
            context.getBean(Stock.class).joining("a");
            TransactionTemplate inner = transaction(context);
            inner.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);

            assertThatExceptionOfType(NestedLockException.class)
                    .isThrownBy(() -> inner.executeWithoutResult(
                            other -> context.getBean(Stock.class).joining("a")));
        }));
    }

    @Test
    void aNestedCallIsStillAFault() {
        with(context -> assertThatExceptionOfType(NestedLockException.class)
                .isThrownBy(() -> transaction(context)
                        .executeWithoutResult(
                                status -> context.getBean(Stock.class).nesting(context.getBean(Stock.class)))));
    }

    @Test
    void aLockLostBeforeTheCommitStopsIt() {
        with(context -> {
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> transaction(context).executeWithoutResult(status -> {
                        context.getBean(Stock.class).joining("a");
                        context.getBean(LockClient.class).admin().forceRelease("stock:a");
                    }));
            assertThat(rows(context)).isZero();
        });
    }

    @Test
    void aFutureIsHeldUntilItsWorkAndTheTransactionHaveEnded(CapturedOutput output) {
        with(context -> {
            CompletableFuture<String> work = new CompletableFuture<>();
            transaction(context).executeWithoutResult(status -> {
                CompletableFuture<String> call = context.getBean(Stock.class).later("a", work);
                await().until(() -> isLocked(context, "stock:a"));
                work.complete("done");
                assertThat(call).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("done");
                assertThat(isLocked(context, "stock:a")).isTrue();
            });
            assertThat(isLocked(context, "stock:a")).isFalse();

            CompletableFuture<String> slow = new CompletableFuture<>();
            transaction(context).executeWithoutResult(status -> {
                context.getBean(Stock.class).later("b", slow);
                await().until(() -> isLocked(context, "stock:b"));
            });
            assertThat(isLocked(context, "stock:b")).isTrue();
            slow.complete("done");
            await().until(() -> !isLocked(context, "stock:b"));
        });
        assertThat(output).containsOnlyOnce("called on another thread, where that transaction is not");
    }

    @Test
    void concurrentCallersNeverReadWhatIsNotCommittedYet() {
        with(context -> {
            LockHandle gate = otherInstance(context).lock(LockRequest.of("counter"));
            List<CompletableFuture<Object>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(start(() -> {
                    for (int n = 0; n < 25; n++) {
                        context.getBean(Stock.class).increment();
                    }
                    return null;
                }));
            }
            awaitWaiting(context, 4);
            gate.unlock();

            for (CompletableFuture<Object> call : calls) {
                assertThat(call).succeedsWithin(60, TimeUnit.SECONDS);
            }
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("select n from counter", Integer.class))
                    .isEqualTo(100);
        });
    }

    private static TransactionTemplate transaction(ApplicationContext context) {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    private static int rows(ApplicationContext context) {
        Integer rows = context.getBean(JdbcTemplate.class).queryForObject("select count(*) from item", Integer.class);
        return rows == null ? 0 : rows;
    }

    private static void with(ContextConsumer<AssertableApplicationContext> test, String... properties) {
        runner().withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        TransactionAutoConfiguration.class))
                .withPropertyValues("spring.datasource.generate-unique-name=true")
                .withPropertyValues(properties)
                .withBean(Stock.class)
                .withBean(Release.class)
                .withInitializer(context -> context.addBeanFactoryPostProcessor(factory -> {
                    String order = context.getEnvironment().getProperty("test.transactions.order");
                    if (order != null) {
                        factory.addBeanPostProcessor(new TransactionOrder(Integer.parseInt(order)));
                    }
                }))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
                    jdbc.execute("create table item (id varchar(10))");
                    jdbc.execute("create table counter (n int)");
                    jdbc.execute("insert into counter values (0)");
                    test.accept(context);
                });
    }

    /** Moves the advice of transactions. */
    record TransactionOrder(int order) implements BeanPostProcessor {

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (bean instanceof BeanFactoryTransactionAttributeSourceAdvisor advisor) {
                advisor.setOrder(order);
            }
            return bean;
        }
    }

    /** Looks, at the moment of release and over a connection of its own, at what others can see. */
    static class Release implements LockListener {

        final List<Integer> rowsSeen = new ArrayList<>();
        final List<Boolean> synchronizing = new ArrayList<>();
        private final JdbcTemplate jdbc;

        Release(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Override
        public void released(String key, long holdNanos) {
            if (!key.startsWith("stock:")) {
                return;
            }
            synchronizing.add(TransactionSynchronizationManager.isActualTransactionActive());
            rowsSeen.add(start(() -> jdbc.queryForObject("select count(*) from item", Integer.class))
                    .join());
        }
    }

    static class Stock {

        private final JdbcTemplate jdbc;

        Stock(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        @HamsterLocked(name = "stock", key = "#id")
        public Object add(String id, Callable<Object> work) throws Exception {
            jdbc.update("insert into item values (?)", id);
            return work.call();
        }

        @HamsterLocked(name = "stock", key = "#id")
        @Transactional(propagation = Propagation.MANDATORY)
        public void joining(String id) {
            assertThat(LockContext.current().orElseThrow().isValid()).isTrue();
            jdbc.update("insert into item values (?)", id);
        }

        @HamsterLocked(name = "stock", key = "#id")
        public String current(String id) {
            return LockContext.current().orElseThrow().key();
        }

        @HamsterLocked(name = "stock", key = "#id")
        public CompletableFuture<String> currentLater(String id) {
            return CompletableFuture.completedFuture(
                    LockContext.current().orElseThrow().key());
        }

        @HamsterLocked(name = "stock", key = "#id", onLost = OnLost.INTERRUPT)
        public Object interrupted(String id, Callable<Object> work) {
            try {
                return work.call();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        }

        @HamsterLocked(name = "stock", key = "'nested'")
        public void nesting(Stock proxy) {
            proxy.nesting(proxy);
        }

        @HamsterLocked(name = "stock", key = "#id")
        public CompletableFuture<String> later(String id, CompletableFuture<String> work) {
            return work;
        }

        @Transactional
        @HamsterLocked(name = "counter", waitFor = "1m")
        public void increment() {
            Integer n = jdbc.queryForObject("select n from counter", Integer.class);
            jdbc.update("update counter set n = ?", n == null ? 0 : n + 1);
        }
    }
}
