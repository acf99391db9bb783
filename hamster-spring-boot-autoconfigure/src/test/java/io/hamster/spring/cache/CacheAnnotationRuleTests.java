package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheRefresh;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.Tier;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import kotlin.Metadata;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

class CacheAnnotationRuleTests {

    @ParameterizedTest
    @MethodSource("brokenBeans")
    void refusesAtStart(Class<?> bean, String message) {
        CacheTestContexts.runner()
                .withBean(bean)
                .run(context -> assertThat(CacheTestContexts.refusal(context)).hasMessageContaining(message));
    }

    static Stream<Arguments> brokenBeans() {
        return Stream.of(
                Arguments.of(BrokenKey.class, "@Cached(key) on BrokenKey.find is '#id +'"),
                Arguments.of(UnknownParameter.class, "@Cached(key) on UnknownParameter.find uses #idd"),
                Arguments.of(BareWord.class, "@Cached(key) on BareWord.find is 'id', which names nothing. Write #id"),
                Arguments.of(BareTag.class, "@Cached(tags) on BareTag.find is 'users'"),
                Arguments.of(BrokenCondition.class, "@Cached(condition) on BrokenCondition.find"),
                Arguments.of(EarlyResult.class, "@Cached(condition) on EarlyResult.find uses #result, but it is"),
                Arguments.of(BrokenUnless.class, "@CacheUpdate(unless) on BrokenUnless.save"),
                Arguments.of(BrokenTtl.class, "@Cached(ttl) on BrokenTtl.find is 'soon', which is no duration"),
                Arguments.of(
                        UnitlessTtl.class, "@Cached(ttl) on UnitlessTtl.find is '30', which has no unit. Write 30s"),
                Arguments.of(
                        UnitlessInterval.class,
                        "@CacheRefresh(interval) on UnitlessInterval.find is '5', which has no unit"),
                Arguments.of(NegativeTtl.class, "@Cached(ttl) on NegativeTtl.find: EntryOptions.ttl is PT-1S"),
                Arguments.of(NegativeNullTtl.class, "@Cached(nullTtl) on NegativeNullTtl.find"),
                Arguments.of(MissingPlaceholder.class, "@Cached(name) on MissingPlaceholder.find is '${no.such}'"),
                Arguments.of(EmptyName.class, "@Cached(name) on EmptyName.find is empty"),
                Arguments.of(CachedVoid.class, "@Cached on CachedVoid.find, which returns void"),
                Arguments.of(CachedFlux.class, "@Cached on CachedFlux.find, which returns Flux"),
                Arguments.of(CachedStream.class, "@Cached on CachedStream.find, which returns Stream"),
                Arguments.of(CachedPlainFuture.class, "@Cached on CachedPlainFuture.find, which returns Future"),
                Arguments.of(InvalidatingFlux.class, "@CacheInvalidate on InvalidatingFlux.save, which returns Flux"),
                Arguments.of(SuspendingFind.class, "@Cached on SuspendingFind.find, which is a suspending function"),
                Arguments.of(
                        SuspendingSave.class, "@CacheUpdate on SuspendingSave.save, which is a suspending function"),
                Arguments.of(
                        SuspendingDrop.class,
                        "@CacheInvalidate on SuspendingDrop.drop, which is a suspending function"),
                Arguments.of(EarlyKey.class, "@CacheInvalidate(key) on EarlyKey.save uses #result, but it is"),
                Arguments.of(EarlyKeys.class, "@CacheInvalidate(keys) on EarlyKeys.save uses #result, but it is"),
                Arguments.of(EarlyTags.class, "@CacheInvalidate(tags) on EarlyTags.save uses #result, but it is"),
                Arguments.of(
                        EarlyCondition.class,
                        "@CacheInvalidate(condition) on EarlyCondition.save uses #result, but it is"),
                Arguments.of(RefreshedOnly.class, "RefreshedOnly.find has @CacheRefresh, but no @Cached"),
                Arguments.of(RefreshedVoid.class, "@Cached on RefreshedVoid.find, which returns void"),
                Arguments.of(NoInterval.class, "@CacheRefresh(interval) on NoInterval.find is empty"),
                Arguments.of(
                        ZeroInterval.class, "@CacheRefresh(interval) on ZeroInterval.find: refreshInterval is PT0S"),
                Arguments.of(
                        NegativeIdle.class,
                        "@CacheRefresh(stopAfterIdle) on NegativeIdle.find: stopRefreshAfterIdle is"),
                Arguments.of(
                        IdleTooShort.class,
                        "@CacheRefresh on IdleTooShort.find: stopRefreshAfterIdle is PT30S but refreshInterval is PT1M"),
                Arguments.of(
                        LateRefresh.class,
                        "@CacheRefresh on LateRefresh.find: refreshInterval is PT5M but defaultTtl is PT5M"),
                Arguments.of(
                        RefreshedAfar.class, "@CacheRefresh on RefreshedAfar.find: refreshInterval is PT1M but tier"),
                Arguments.of(CachedAndUpdated.class, "CachedAndUpdated.find has both @Cached"),
                Arguments.of(TwoWays.class, "@CacheInvalidate on TwoWays.save sets more than one of key, keys"));
    }

    @Test
    void warnsOfWhatAProxyCannotSee() {
        assertThat(warningsOf(Unseen.class))
                .containsExactlyInAnyOrder(
                        Unseen.class.getName() + ".hidden is private, so its cache annotation has no effect; make it"
                                + " an instance method that a proxy can override",
                        Unseen.class.getName() + ".everyones is static, so its cache annotation has no effect; make"
                                + " it an instance method that a proxy can override",
                        Unseen.class.getName() + ".last is final, so its cache annotation has no effect; make it an"
                                + " instance method that a proxy can override");
    }

    @Test
    void warnsOfCallsOfAnObjectToItself() {
        String line = SelfCaller.class.getName() + ".%s calls find of the same object, where its cache annotation has"
                + " no effect; call it on the bean";

        assertThat(warningsOf(SelfCaller.class))
                .containsExactlyInAnyOrder(
                        line.formatted("direct"),
                        line.formatted("inLambda"),
                        line.formatted("byReference"),
                        line.formatted("find"));
    }

    @Test
    void isQuietWhenAMethodCallsItsProxyOrAnother() {
        assertThat(warningsOf(ProxyCaller.class)).isEmpty();
    }

    private static List<String> warningsOf(Class<?> bean) {
        Logger logger = (Logger) LoggerFactory.getLogger(CacheAnnotationRule.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        logger.addAppender(lines);
        lines.start();
        try {
            CacheTestContexts.runner()
                    .withBean(bean)
                    .run(context -> assertThat(context).hasNotFailed());
        } finally {
            logger.detachAppender(lines);
        }
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    static class BrokenKey {
        @Cached(name = "c", key = "#id +")
        public String find(long id) {
            return "";
        }
    }

    static class EarlyResult {
        @Cached(name = "c", key = "#id", condition = "#result != null")
        public String find(long id) {
            return "";
        }
    }

    static class UnknownParameter {
        @Cached(name = "c", key = "#idd")
        public String find(long id) {
            return "";
        }
    }

    static class BareWord {
        @Cached(name = "c", key = "id")
        public String find(long id) {
            return "";
        }
    }

    static class BareTag {
        @Cached(name = "c", tags = "users")
        public String find(long id) {
            return "";
        }
    }

    static class BrokenCondition {
        @Cached(name = "c", condition = "#id >")
        public String find(long id) {
            return "";
        }
    }

    static class BrokenUnless {
        @CacheUpdate(name = "c", unless = "#result ==")
        public String save(long id) {
            return "";
        }
    }

    static class BrokenTtl {
        @Cached(name = "c", ttl = "soon")
        public String find(long id) {
            return "";
        }
    }

    static class UnitlessTtl {
        @Cached(name = "c", ttl = "30", nullTtl = "0")
        public String find(long id) {
            return "";
        }
    }

    static class UnitlessInterval {
        @Cached(name = "c")
        @CacheRefresh(interval = "${interval:5}")
        public String find(long id) {
            return "";
        }
    }

    static class NegativeTtl {
        @Cached(name = "c", ttl = "-1s")
        public String find(long id) {
            return "";
        }
    }

    static class NegativeNullTtl {
        @Cached(name = "c", nullTtl = "-1s")
        public String find(long id) {
            return "";
        }
    }

    static class MissingPlaceholder {
        @Cached(name = "${no.such}")
        public String find(long id) {
            return "";
        }
    }

    static class EmptyName {
        @Cached(name = "")
        public String find(long id) {
            return "";
        }
    }

    static class CachedVoid {
        @Cached(name = "c")
        public void find(long id) {}
    }

    static class CachedFlux {
        @Cached(name = "c")
        public Flux<String> find(long id) {
            return Flux.empty();
        }
    }

    static class CachedStream {
        @Cached(name = "c")
        public Stream<String> find(long id) {
            return Stream.empty();
        }
    }

    static class CachedPlainFuture {
        @Cached(name = "c")
        public Future<String> find(long id) {
            return new CompletableFuture<>();
        }
    }

    static class InvalidatingFlux {
        @CacheInvalidate(name = "c")
        public Flux<String> save(long id) {
            return Flux.empty();
        }
    }

    /** As Kotlin compiles {@code suspend fun}. */
    @Metadata
    static class SuspendingFind {
        @Cached(name = "c", key = "#id")
        public Object find(long id, Continuation<? super String> continuation) {
            return "";
        }
    }

    @Metadata
    static class SuspendingSave {
        @CacheUpdate(name = "c", key = "#id")
        public Object save(long id, Continuation<? super String> continuation) {
            return "";
        }
    }

    @Metadata
    static class SuspendingDrop {
        @CacheInvalidate(name = "c", key = "#id")
        public Object drop(long id, Continuation<? super String> continuation) {
            return "";
        }
    }

    static class EarlyKey {
        @CacheInvalidate(name = "c", key = "#result", beforeInvocation = true)
        public String save(long id) {
            return "";
        }
    }

    static class EarlyKeys {
        @CacheInvalidate(name = "c", keys = "{#result}", beforeInvocation = true)
        public String save(long id) {
            return "";
        }
    }

    static class EarlyTags {
        @CacheInvalidate(name = "c", tags = "'shop:' + #result", beforeInvocation = true)
        public String save(long id) {
            return "";
        }
    }

    static class EarlyCondition {
        @CacheInvalidate(name = "c", condition = "#result != null", beforeInvocation = true)
        public String save(long id) {
            return "";
        }
    }

    static class CachedAndUpdated {
        @Cached(name = "c")
        @CacheUpdate(name = "c")
        public String find(long id) {
            return "";
        }
    }

    static class RefreshedOnly {
        @CacheRefresh(interval = "1m")
        public String find(long id) {
            return "";
        }
    }

    static class RefreshedVoid {
        @Cached(name = "c")
        @CacheRefresh(interval = "1m")
        public void find(long id) {}
    }

    static class NoInterval {
        @Cached(name = "c")
        @CacheRefresh(interval = "")
        public String find(long id) {
            return "";
        }
    }

    static class ZeroInterval {
        @Cached(name = "c")
        @CacheRefresh(interval = "0s")
        public String find(long id) {
            return "";
        }
    }

    static class NegativeIdle {
        @Cached(name = "c")
        @CacheRefresh(interval = "1m", stopAfterIdle = "-1s")
        public String find(long id) {
            return "";
        }
    }

    static class IdleTooShort {
        @Cached(name = "c")
        @CacheRefresh(interval = "1m", stopAfterIdle = "30s")
        public String find(long id) {
            return "";
        }
    }

    static class LateRefresh {
        @Cached(name = "c", ttl = "5m")
        @CacheRefresh(interval = "5m")
        public String find(long id) {
            return "";
        }
    }

    static class RefreshedAfar {
        @Cached(name = "c", tier = Tier.REMOTE)
        @CacheRefresh(interval = "1m")
        public String find(long id) {
            return "";
        }
    }

    static class TwoWays {
        @CacheInvalidate(name = "c", key = "#id", all = true)
        public void save(long id) {}
    }

    static class Unseen {
        @Cached(name = "c")
        private String hidden(long id) {
            return "";
        }

        @Cached(name = "c")
        static String everyones(long id) {
            return "";
        }

        @Cached(name = "c")
        public final String last(long id) {
            return hidden(id);
        }
    }

    static class SelfCaller {
        @Cached(name = "c")
        public String find(long id) {
            return id == 0 ? "" : find(id - 1);
        }

        public String direct() {
            return find(1);
        }

        public List<String> inLambda() {
            return Stream.of(1).map(id -> find(id)).toList();
        }

        public List<String> byReference() {
            return Stream.of(1L).map(this::find).toList();
        }
    }

    static class ProxyCaller {
        private final Function<Class<ProxyCaller>, ProxyCaller> beans = type -> null;

        @Cached(name = "c")
        public String find(long id) {
            return "";
        }

        public String throughLookUp() {
            return beans.apply(ProxyCaller.class).find(1);
        }

        public String of(ProxyCaller other) {
            return other.find(1);
        }
    }
}
