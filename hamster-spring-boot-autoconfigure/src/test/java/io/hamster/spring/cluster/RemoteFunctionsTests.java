package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.CodecException;
import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.RemoteCall;
import io.hamster.cluster.RemoteFunctionException;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.javapoet.ClassName;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

class RemoteFunctionsTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class));

    @Test
    void registersMethodsByTheirDeclaredTypes() {
        runner.withBean(Stock.class, Stock::new).run(context -> {
            Cluster cluster = context.getBean(Cluster.class);
            assertThat(cluster.call(call("stock")
                            .argument(new Sku("book"))
                            .returning(Integer.class)
                            .build()))
                    .contains(4);
            assertThat(cluster.call(call("all")
                            .<Map<String, List<Sku>>>returningType(
                                    new ParameterizedTypeReference<Map<String, List<Sku>>>() {}.getType())
                            .build()))
                    .contains(Map.of("all", List.of(new Sku("book"))));
            assertThat(cluster.call(call("count")
                            .argument(
                                    List.of(new Sku("a"), new Sku("b")),
                                    new ParameterizedTypeReference<List<Sku>>() {}.getType())
                            .returning(Integer.class)
                            .build()))
                    .contains(2);
            assertThat(cluster.call(
                            call("find").argument("book").returning(Sku.class).build()))
                    .contains(new Sku("book"));
            assertThat(cluster.call(
                            call("find").argument("none").returning(Sku.class).build()))
                    .isEmpty();
            assertThat(cluster.call(call("reset").build())).isEmpty();
            assertThat(cluster.call(call("bound")
                            .argument(new Sku("x"))
                            .returning(Sku.class)
                            .build()))
                    .contains(new Sku("x"));
        });
    }

    @Test
    void resolvesPlaceholdersInNames() {
        ApplicationContextRunner resolving =
                runner.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class));
        resolving
                .withBean(Placed.class)
                .withPropertyValues("app.function=placed")
                .run(context -> assertThat(context.getBean(Cluster.class)
                                .call(call("placed").returning(String.class).build()))
                        .contains("here"));
        resolving
                .withBean(Placed.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@RemoteFunction on " + Placed.class.getName()
                                + ".place is '${app.function}', and that placeholder has no value."));
        resolving
                .withBean(Placed.class)
                .withPropertyValues("app.function=")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@RemoteFunction on " + Placed.class.getName() + ".place: "));
    }

    @Test
    void keepsArgumentsToTheDeclaredType() {
        runner.withBean(Stock.class, Stock::new).run(context -> {
            Cluster cluster = context.getBean(Cluster.class);
            assertThatExceptionOfType(RemoteFunctionException.class)
                    .isThrownBy(() -> cluster.call(call("stock")
                            .argument(Map.of("name", List.of()), Map.class)
                            .build()))
                    .satisfies(e -> assertThat(e.remoteType()).isEqualTo(CodecException.class.getName()));
        });
    }

    @Test
    void passesOnWhatTheMethodThrows() {
        runner.withBean(Stock.class, Stock::new)
                .run(context -> assertThatExceptionOfType(RemoteFunctionException.class)
                        .isThrownBy(() -> context.getBean(Cluster.class)
                                .call(call("broken").build()))
                        .satisfies(e -> assertThat(e.remoteType()).isEqualTo("java.io.IOException"))
                        .satisfies(e -> assertThat(e.remoteMessage()).isEqualTo("no disk")));
    }

    @Test
    void callsThroughTheProxy() {
        ScriptedEngine engine = new ScriptedEngine();
        runner.withBean(Guarded.class, Guarded::new)
                .withBean(ClusterEngine.class, () -> engine)
                .withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=redis")
                .run(context -> {
                    RemoteCall<Object> call = RemoteCall.function("guarded")
                            .node("a")
                            .ignoreNotReady()
                            .build();
                    assertThat(context.getBean(Cluster.class).call(call)).isEmpty();
                    engine.leads(1);
                    assertThat(context.getBean(Cluster.class).call(call)).contains("ran");
                });
    }

    @Test
    void callsThroughAnInterfaceProxy() {
        ScriptedEngine engine = new ScriptedEngine();
        runner.withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean(Api.class, ApiImplementation::new)
                .withBean(ClusterEngine.class, () -> engine)
                .withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=redis")
                .run(context -> {
                    assertThat(Proxy.isProxyClass(context.getBean(Api.class).getClass()))
                            .isTrue();
                    engine.leads(1);
                    assertThat(context.getBean(Cluster.class)
                                    .call(RemoteCall.function("api").node("a").build()))
                            .contains("implemented");
                });
    }

    @Test
    void makesALazyBeanWhenItIsCalled() {
        LazyStock.made.set(0);
        runner.withUserConfiguration(LazyConfiguration.class).run(context -> {
            assertThat(LazyStock.made).hasValue(0);
            assertThat(context.getBean(Cluster.class).call(call("lazy").build()))
                    .contains("here");
            assertThat(LazyStock.made).hasValue(1);
        });
    }

    @Test
    void refusesTwoMethodsOfOneName() {
        runner.withBean("one", LazyStock.class, LazyStock::new)
                .withBean("two", LazyStock.class, LazyStock::new)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("@RemoteFunction(\"lazy\") is on two methods: bean 'one'")
                        .hasMessageContaining("bean 'two'"));
    }

    @Test
    void saysWhatToAddWhenThereIsNoCodec() {
        runner.withClassLoader(new FilteredClassLoader(JsonMapper.class))
                .withBean(LazyStock.class, LazyStock::new)
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("spring-boot-starter-jackson"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PrivateMethod.class,
                StaticMethod.class,
                FinalMethod.class,
                TwoParameters.class,
                FutureResult.class,
                ReactiveResult.class,
                NoName.class
            })
    void stopsTheStartWhereItCouldNotBeCalled(Class<?> type) {
        runner.withBean(type)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("@RemoteFunction on " + type.getName() + ".job"));
    }

    @Test
    void contributesHintsForNativeImages() {
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean(Stock.class);
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("com.example", "Application")), new InMemoryGeneratedFiles());

        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);

        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Stock.class, "stock"))
                .accepts(generation.getRuntimeHints());
        assertThat(RuntimeHintsPredicates.reflection().onType(Sku.class)).accepts(generation.getRuntimeHints());
    }

    private static RemoteCall.Builder<Object> call(String function) {
        return RemoteCall.function(function).node("local");
    }

    record Sku(String name) {}

    abstract static class Typed<T> {

        @RemoteFunction("bound")
        public T bound(T value) {
            return value;
        }
    }

    static class Stock extends Typed<Sku> {

        @RemoteFunction("stock")
        public int stock(Sku sku) {
            return sku.name().length();
        }

        @RemoteFunction("all")
        public Map<String, List<Sku>> all() {
            return Map.of("all", List.of(new Sku("book")));
        }

        @RemoteFunction("count")
        public int count(List<Sku> skus) {
            return (int) skus.stream().map(Sku::name).distinct().count();
        }

        @RemoteFunction("find")
        public Optional<Sku> find(String name) {
            return Optional.of(new Sku(name)).filter(sku -> !name.equals("none"));
        }

        @RemoteFunction("reset")
        void reset() {}

        @RemoteFunction("broken")
        public String broken() throws IOException {
            throw new IOException("no disk");
        }
    }

    static class Guarded {

        @LeaderOnly
        @RemoteFunction("guarded")
        public String guarded() {
            return "ran";
        }
    }

    interface Api {

        @LeaderOnly
        @RemoteFunction("api")
        String call();
    }

    static class ApiImplementation implements Api {

        @Override
        public String call() {
            return "implemented";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyConfiguration {

        @Bean
        @Lazy
        LazyStock lazyStock() {
            return new LazyStock();
        }
    }

    static class LazyStock {

        static final AtomicInteger made = new AtomicInteger();

        LazyStock() {
            made.incrementAndGet();
        }

        @RemoteFunction("lazy")
        public String lazy() {
            return "here";
        }
    }

    static class PrivateMethod {
        @RemoteFunction("job")
        private void job() {}
    }

    static class StaticMethod {
        @RemoteFunction("job")
        static void job() {}
    }

    static class FinalMethod {
        @RemoteFunction("job")
        public final void job() {}
    }

    static class TwoParameters {
        @RemoteFunction("job")
        public void job(String one, String two) {}
    }

    static class FutureResult {
        @RemoteFunction("job")
        public CompletableFuture<String> job() {
            return CompletableFuture.completedFuture("");
        }
    }

    static class ReactiveResult {
        @RemoteFunction("job")
        public Mono<String> job() {
            return Mono.just("");
        }
    }

    static class NoName {
        @RemoteFunction("")
        public void job() {}
    }

    public static class Placed {

        @RemoteFunction("${app.function}")
        public String place() {
            return "here";
        }
    }
}
