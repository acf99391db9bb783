package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.RemoteCall;
import io.hamster.lock.LockClient;
import io.hamster.spring.cluster.HamsterRaftAutoConfiguration;
import io.hamster.testing.FreePorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.generate.GeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

/** Writes the code that an application with everything is made of ahead of time, compiles it, and starts from that alone. */
@CompileWithForkedClassLoader
class AheadOfTimeTests {

    private static final List<String> EVERYWHERE = List.of(
            "spring.application.name=shop",
            "spring.jmx.enabled=true",
            "spring.jmx.unique-names=true",
            "management.endpoints.jmx.exposure.include=*",
            "hamster.cache.caches.counts.write-back.flush-interval=1h");

    @Test
    void startsWithEverythingInMemory() {
        List<String> peer = List.of("hamster.hash.peers[0].id=a", "hamster.hash.peers[0].address=127.0.0.1:1");
        RuntimeHints hints = run(peer, context -> {
            Stock stock = context.getBean(Stock.class);
            assertThat(AopUtils.isAopProxy(stock)).isTrue();
            assertThat(stock.take("lamp")).as("held while the method runs").isTrue();
            assertThat(context.getBean(LockClient.class).status("take:lamp")).isEmpty();
            assertThat(stock.describe("lamp")).isEqualTo(stock.describe("lamp"));
            assertThat(stock.loads()).isOne();
            assertThat(stock.report()).contains("reported");
            assertThat(context.getBean(Cluster.class)
                            .call(RemoteCall.function("stock")
                                    .node("local")
                                    .argument(new Sku("lamp"))
                                    .returning(Item.class)
                                    .build()))
                    .contains(new Item("lamp", 3));
            CacheClient caches = context.getBean(CacheClient.class);
            assertThat(caches.<String, Item>cache("books").get("b")).contains(new Item("b", 1));
            caches.<Sku, Long>cache("counts").put(new Sku("c"), 4L);
            caches.cache("counts").flush();
            assertThat(context.getBean("written", AtomicInteger.class)).hasValue(1);
        });
        requireWhatANativeImageNeeds(hints);
    }

    @Test
    void startsWithEverythingInRedis() throws IOException {
        // Nobody listens there: that doesn't stop the start.
        run(
                List.of(
                        "spring.data.redis.port=" + FreePorts.next(),
                        "spring.data.redis.host=127.0.0.1",
                        "hamster.lock.store=redis",
                        "hamster.cluster.enabled=true",
                        "hamster.cluster.mode=redis",
                        "hamster.cluster.node-name=a",
                        "hamster.cache.caches.books.tier=two-level",
                        "hamster.cache.caches.items.tier=remote"),
                context -> assertThat(context.getBean(Cluster.class).isLeader()).isFalse());
    }

    /** Writing finds what can't be written; to compile and start it would take as long as the rest together. */
    @Test
    void isWrittenForAGroup() throws IOException {
        List<String> properties = new ArrayList<>(EVERYWHERE);
        properties.addAll(List.of(
                "hamster.lock.store=cluster",
                "hamster.cluster.enabled=true",
                "hamster.cluster.mode=cluster",
                "hamster.cluster.node-name=a",
                "hamster.cluster.nodes[0].name=a",
                "hamster.cluster.nodes[0].host=127.0.0.1",
                "hamster.cluster.nodes[0].port=1",
                "hamster.cluster.raft.directory=unused",
                "hamster.hash.source=cluster"));
        TestGenerationContext generation = new TestGenerationContext(Application.class);
        try (AnnotationConfigApplicationContext source = source(properties)) {
            new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
        }
        generation.writeGeneratedContent();

        String written = "io/hamster/spring/cluster/" + HamsterRaftAutoConfiguration.class.getSimpleName()
                + "__BeanDefinitions.java";
        assertThat(generation.getGeneratedFiles().getGeneratedFileContent(GeneratedFiles.Kind.SOURCE, written))
                .contains("getHamsterRaftGroupBeanDefinition", "getHamsterRaftLockStoreBeanDefinition");
    }

    private static void requireWhatANativeImageNeeds(RuntimeHints hints) {
        for (String method : List.of("take", "describe", "report", "stock")) {
            assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Stock.class, method))
                    .as(method)
                    .accepts(hints);
        }
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Shelf.class, "take"))
                .as("where the annotation is")
                .accepts(hints);
        for (Class<?> type : List.of(Sku.class, Item.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type))
                    .as("written and read as text: " + type)
                    .accepts(hints);
        }
        assertThat(HamsterRuntimeHints.ANNOTATIONS).allSatisfy(annotation -> {
            assertThat(RuntimeHintsPredicates.reflection().onType(annotation)).accepts(hints);
            assertThat(RuntimeHintsPredicates.proxies().forInterfaces(annotation))
                    .accepts(hints);
        });
        assertThat(RuntimeHintsPredicates.resource().forResource("io/hamster/spring/redis/lock-acquire.lua"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.resource().forResource(PropertyNames.FILE))
                .accepts(hints);
    }

    @SuppressWarnings("unchecked")
    private static RuntimeHints run(List<String> more, Consumer<GenericApplicationContext> use) {
        List<String> properties = new ArrayList<>(EVERYWHERE);
        properties.addAll(more);
        TestGenerationContext generation = new TestGenerationContext(Application.class);
        ClassName initializer;
        List<String> beans;
        try (AnnotationConfigApplicationContext source = source(properties)) {
            initializer = new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
            beans = hamsterBeans(source.getDefaultListableBeanFactory());
        }
        generation.writeGeneratedContent();
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                TestPropertyValues.of(properties).applyTo(context);
                compiled.getInstance(ApplicationContextInitializer.class, initializer.toString())
                        .initialize(context);
                context.refresh();
                assertThat(hamsterBeans(context.getDefaultListableBeanFactory()))
                        .isNotEmpty()
                        .containsExactlyInAnyOrderElementsOf(beans)
                        .allSatisfy(bean -> assertThat(context.getBean(bean)).isNotNull());
                use.accept(context);
            }
        });
        return generation.getRuntimeHints();
    }

    private static AnnotationConfigApplicationContext source(List<String> properties) {
        AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(properties).applyTo(source);
        source.register(Application.class);
        source.register(AutoConfigured.classes());
        return source;
    }

    private static List<String> hamsterBeans(DefaultListableBeanFactory factory) {
        return Arrays.stream(factory.getBeanDefinitionNames())
                .filter(name -> name.startsWith("hamster"))
                .toList();
    }

    record Sku(String name) {}

    record Item(String name, int count) {}

    /** Where the annotation may be, too; what implements it has other parameters than this. */
    interface Shelf<K> {

        @HamsterLocked(name = "take", key = "#item")
        boolean take(K item);
    }

    static class Stock implements Shelf<String> {

        private final AtomicInteger loads = new AtomicInteger();
        private final LockClient locks;

        Stock(LockClient locks) {
            this.locks = locks;
        }

        @Override
        public boolean take(String item) {
            return locks.status("take:" + item).isPresent();
        }

        @Cached(name = "items", key = "#item")
        public Item describe(String item) {
            return new Item(item, loads.incrementAndGet());
        }

        int loads() {
            return loads.get();
        }

        @LeaderOnly
        public Optional<String> report() {
            return Optional.of("reported");
        }

        @RemoteFunction("stock")
        public Item stock(Sku sku) {
            return new Item(sku.name(), 3);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Application {

        @Bean
        Stock stock(LockClient locks) {
            return new Stock(locks);
        }

        @Bean
        @ForCache("books")
        CacheLoader<String, Item> books() {
            return key -> new Item(key, 1);
        }

        @Bean
        AtomicInteger written() {
            return new AtomicInteger();
        }

        @Bean
        @ForCache("counts")
        WriteBackWriter<Sku, Long> counts(AtomicInteger written) {
            return batch -> {
                written.addAndGet(batch.size());
                return Map.of();
            };
        }
    }
}
