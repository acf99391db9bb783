package io.hamster.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** What one writes for a single method, and what a proxy costs that does nothing. */
final class BooksByHand {

    private BooksByHand() {}

    /** Caffeine that counts and expires, as Hamster does. */
    static Caffeine<Object, Object> caffeine() {
        return Caffeine.newBuilder().recordStats().maximumSize(2 * Zipf.KEYS).expireAfterWrite(Duration.ofHours(1));
    }

    private static Books proxied(Books books, MethodInterceptor interceptor) {
        ProxyFactory factory = new ProxyFactory(books);
        factory.setProxyTargetClass(true);
        factory.addAdvice(interceptor);
        return (Books) factory.getProxy();
    }

    private static MethodInterceptor caching(Function<MethodInvocation, Object> key) {
        Cache<Object, Object> cache = caffeine().build();
        return invocation -> cache.get(key.apply(invocation), missing -> proceed(invocation));
    }

    private static Object proceed(MethodInvocation invocation) {
        try {
            return Objects.requireNonNull(invocation.proceed());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UndeclaredThrowableException(e);
        }
    }

    static class Titles implements Books {

        @Override
        public String find(long id) {
            return "title " + id;
        }
    }

    /** An interceptor that takes its key from the arguments. */
    @Configuration(proxyBeanMethods = false)
    static class ById {

        @Bean
        Books books() {
            return proxied(
                    new Titles(),
                    caching(invocation -> Objects.requireNonNull(invocation.getArguments()[0])));
        }
    }

    /** An interceptor that evaluates a compiled expression. */
    @Configuration(proxyBeanMethods = false)
    static class ByExpression {

        @Bean
        Books books() throws NoSuchMethodException {
            Expression id = new SpelExpressionParser(
                            new SpelParserConfiguration(SpelCompilerMode.IMMEDIATE, BooksByHand.class.getClassLoader()))
                    .parseExpression("#id");
            Method method = Titles.class.getMethod("find", long.class);
            DefaultParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();
            Object root = new Object();
            return proxied(
                    new Titles(),
                    caching(invocation -> Objects.requireNonNull(id.getValue(
                            new MethodBasedEvaluationContext(root, method, invocation.getArguments(), names)))));
        }
    }

    /** A proxy that only goes on to a method that returns a constant. */
    @Configuration(proxyBeanMethods = false)
    static class NoOp {

        static class Constant implements Books {

            @Override
            public String find(long id) {
                return "title";
            }
        }

        @Bean
        Books books() {
            return proxied(new Constant(), MethodInvocation::proceed);
        }
    }

    /** Caffeine asked by the method itself. */
    @Configuration(proxyBeanMethods = false)
    static class Bare {

        @Bean
        Books books() {
            Cache<Long, String> cache =
                    Caffeine.newBuilder().maximumSize(2 * Zipf.KEYS).build();
            return id -> cache.get(id, missing -> "title " + missing);
        }
    }
}
