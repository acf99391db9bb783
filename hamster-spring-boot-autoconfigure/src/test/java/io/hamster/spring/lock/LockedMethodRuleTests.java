package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.OnFailure;
import io.hamster.annotation.HamsterLocked.OnLost;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.scheduling.annotation.Async;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@ExtendWith(OutputCaptureExtension.class)
class LockedMethodRuleTests {

    private final LockedMethodRule rule =
            new LockedMethodRule(new LockedMethods(new MethodExpressionParser(beanFactory())));

    /** Proxies take a parent's advisors, but nothing of a parent looks at its child's beans. */
    @Test
    void stopsTheStartOfAChildContextToo() {
        runner().run(parent -> runner().withParent(parent)
                .withBean(Hidden.class)
                .run(child -> assertThat(child)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining("Hidden.locked")));
    }

    static class Hidden {

        @HamsterLocked(name = "hidden")
        private void locked() {}
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    flux               | returns Flux, whose end can't be seen
                    callable           | returns Callable, whose end can't be seen
                    stream             | returns IntStream, whose end can't be seen
                    plainFuture        | returns Future, whose end can't be seen
                    interruptFuture    | onLost=INTERRUPT
                    interruptMono      | onLost=INTERRUPT
                    reentrantMono      | reentrant=true
                    skipPrimitive      | onFailure=SKIP, but returns int
                    nameless           | neither name nor key
                    badName            | control character
                    brokenKey          | no valid expression
                    unknownName        | uses #idd
                    badDuration        | @HamsterLocked(lease) on Faulty.badDuration is 'soon', which is no duration
                    negativeDuration   | @HamsterLocked(waitFor) on Faulty.negativeDuration is PT-5S, which is negative
                    unitlessDuration   | @HamsterLocked(lease) on Faulty.unitlessDuration is '30', which has no unit. Write 30s
                    unknownPlaceholder | ${nowhere}
                    longLease          | at most 24h
                    atLeastBeyondMax   | longer than its maxHold
                    badRetry           | Retry count -2
                    badJitter          | Retry jitter 2.0
                    capBelowBase       | Retry cap
                    noFallback         | no such method
                    wrongFallback      | which returns String and can't stand in
                    fallbackLocked     | which has @HamsterLocked too
                    fallbackToItself   | names the method itself
                    """)
    void stopsTheStart(String method, String message) {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> rule.check(Faulty.class, method(Faulty.class, method), Optional.empty()))
                .withMessageContaining(message)
                .withMessageContaining("Faulty." + method)
                .satisfies(e -> assertThat(e.action()).isNotBlank());
    }

    @Test
    void acceptsWhatCanWork() {
        for (Method method : Sound.class.getDeclaredMethods()) {
            if (method.isAnnotationPresent(HamsterLocked.class)) {
                assertThatCode(() -> rule.check(Sound.class, method, Optional.empty()))
                        .as(method.getName())
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void warnsOfCallsThatPassTheProxyBy(CapturedOutput output) {
        rule.check(Sound.class, method(Sound.class, "skipVoid"), Optional.empty());
        assertThat(output).doesNotContain("of the same object");

        rule.check(SelfCalling.class, method(SelfCalling.class, "locked"), Optional.empty());

        assertThat(output)
                .contains("SelfCalling.caller calls locked of the same object, which runs without its lock then");
    }

    @Test
    void refusesMethodsThatNoProxySees() {
        for (Class<?> type : new Class<?>[] {Private.class, Static.class, Final.class}) {
            runner().withBean(type).run(context -> {
                assertThat(context).hasFailed();
                assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining(type.getSimpleName() + ".run has @HamsterLocked, but is "
                                + type.getSimpleName().toLowerCase(Locale.ROOT));
            });
        }
    }

    @Test
    void refusesALazyBeanEachTimeItIsAskedFor() {
        runner().withBean(Private.class, Private::new, definition -> definition.setLazyInit(true))
                .run(context -> {
                    for (int i = 0; i < 2; i++) {
                        assertThatExceptionOfType(BeanCreationException.class)
                                .isThrownBy(() -> context.getBean(Private.class))
                                .withRootCauseInstanceOf(HamsterConfigurationException.class);
                    }
                });
    }

    @Test
    void anAttributeWinsOverAConfigurationThatContradictsIt() {
        runner().withPropertyValues("hamster.lock.retry.base=2s")
                .withBean(Capped.class, Capped::new)
                .run(context -> assertThat(context.getBean(Capped.class).run()).isEqualTo("ran"));
    }

    private static DefaultListableBeanFactory beanFactory() {
        DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
        beanFactory.addEmbeddedValueResolver(new StandardEnvironment()::resolveRequiredPlaceholders);
        return beanFactory;
    }

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static class Private {
        @HamsterLocked(name = "x")
        private void run() {}
    }

    static class Static {
        @HamsterLocked(name = "x")
        public static void run() {}
    }

    static class Final {
        @HamsterLocked(name = "x")
        public final void run() {}
    }

    static class SelfCalling {

        void caller() {
            locked();
        }

        @HamsterLocked(name = "x")
        void locked() {}
    }

    static class Capped {
        @HamsterLocked(name = "x", retryCap = "1s")
        public String run() {
            return "ran";
        }
    }

    static class Sound {

        @HamsterLocked(name = "x", onFailure = OnFailure.SKIP)
        void skipVoid() {}

        @HamsterLocked(name = "x", onFailure = OnFailure.SKIP, fallback = "other")
        int skipPrimitiveWithFallback() {
            return 1;
        }

        int other() {
            return 0;
        }

        @Async
        @HamsterLocked(name = "x", onLost = OnLost.INTERRUPT)
        Future<String> asyncFuture() {
            return CompletableFuture.completedFuture("");
        }

        @HamsterLocked(name = "x", retryCap = "50ms")
        void capBelowTheDefaultBase() {}

        @HamsterLocked(
                key = "#root.methodName + #p0",
                waitFor = "PT1M",
                lease = "${lease:500ms}",
                retryBase = "48s",
                retryJitter = 0.5)
        Mono<String> everything(String id) {
            return Mono.just(id);
        }
    }

    static class Faulty {

        @HamsterLocked(name = "x")
        Flux<String> flux() {
            return Flux.empty();
        }

        @HamsterLocked(name = "x")
        Callable<String> callable() {
            return () -> "";
        }

        @HamsterLocked(name = "x")
        IntStream stream() {
            return IntStream.empty();
        }

        @HamsterLocked(name = "x")
        Future<String> plainFuture() {
            return CompletableFuture.completedFuture("");
        }

        @HamsterLocked(name = "x", onLost = OnLost.INTERRUPT)
        CompletableFuture<String> interruptFuture() {
            return CompletableFuture.completedFuture("");
        }

        @HamsterLocked(name = "x", onLost = OnLost.INTERRUPT)
        Mono<String> interruptMono() {
            return Mono.empty();
        }

        @HamsterLocked(name = "x", reentrant = true)
        Mono<String> reentrantMono() {
            return Mono.empty();
        }

        @HamsterLocked(name = "x", onFailure = OnFailure.SKIP)
        int skipPrimitive() {
            return 0;
        }

        @HamsterLocked
        void nameless() {}

        @HamsterLocked(name = "a\tb")
        void badName() {}

        @HamsterLocked(key = "#id +")
        void brokenKey(String id) {}

        @HamsterLocked(key = "#idd")
        void unknownName(String id) {}

        @HamsterLocked(name = "x", lease = "soon")
        void badDuration() {}

        @HamsterLocked(name = "x", waitFor = "-5s")
        void negativeDuration() {}

        @HamsterLocked(name = "x", lease = "30")
        void unitlessDuration() {}

        @HamsterLocked(name = "${nowhere}")
        void unknownPlaceholder() {}

        @HamsterLocked(name = "x", lease = "25h")
        void longLease() {}

        @HamsterLocked(name = "x", atLeastFor = "2m", maxHold = "1m")
        void atLeastBeyondMax() {}

        @HamsterLocked(name = "x", retryCount = -2)
        void badRetry() {}

        @HamsterLocked(name = "x", retryJitter = 2)
        void badJitter() {}

        @HamsterLocked(name = "x", retryBase = "2s", retryCap = "1s")
        void capBelowBase() {}

        @HamsterLocked(name = "x", fallback = "missing")
        void noFallback(String id) {}

        @HamsterLocked(name = "x", fallback = "text")
        int wrongFallback() {
            return 0;
        }

        String text() {
            return "";
        }

        @HamsterLocked(name = "x", fallback = "badName")
        void fallbackLocked() {}

        @HamsterLocked(name = "x", fallback = "fallbackToItself")
        void fallbackToItself() {}
    }
}
