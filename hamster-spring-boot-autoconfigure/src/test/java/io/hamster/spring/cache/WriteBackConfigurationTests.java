package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.Codec;
import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.redis.HamsterRedisAutoConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

class WriteBackConfigurationTests {

    private final ApplicationContextRunner bare = CacheTestContexts.runner();
    private final ApplicationContextRunner runner =
            bare.withConfiguration(AutoConfigurations.of(HamsterCodecAutoConfiguration.class));
    private final ApplicationContextRunner through = runner.withUserConfiguration(Through.class);
    private final ApplicationContextRunner back = runner.withUserConfiguration(Back.class);

    @TempDir
    private Path directory;

    private static CachePolicy policy(AssertableApplicationContext context, String cache) {
        return context.getBean(CacheClient.class).cache(cache).policy();
    }

    private static WriteBackPolicy writeBack(AssertableApplicationContext context) {
        return policy(context, "views").writeBack().orElseThrow();
    }

    @Test
    void aWriteBackWriterMakesItsCacheWriteBackAtTheStart() {
        back.run(context -> {
            assertThat(context.getBean(CacheClient.class).names()).containsExactly("views");
            assertThat(writeBack(context)).isEqualTo(WriteBackPolicy.defaults());
            HamsterCache<Long, String> views =
                    context.getBean(CacheClient.class).cache("views");

            views.put(1L, "one");

            assertThat(views.dirty()).containsExactly(1L);
            views.flush();
            assertThat(context.getBean(Source.class).written).containsExactly("1=one");
            assertThat(views.dirty()).isEmpty();
        });
    }

    @Test
    void aCacheWriterWritesThroughUnlessToldOtherwise() {
        through.run(context -> {
            assertThat(context.getBean(CacheClient.class).names()).isEmpty();
            assertThat(policy(context, "views").writer()).isPresent();
            assertThat(policy(context, "views").writeBack()).isEmpty();
        });
        through.withPropertyValues("hamster.cache.caches.views.write-mode=back").run(context -> {
            assertThat(context.getBean(CacheClient.class).names()).containsExactly("views");
            assertThat(policy(context, "views").writer()).isEmpty();
            HamsterCache<Long, String> views =
                    context.getBean(CacheClient.class).cache("views");
            views.put(1L, "one");
            views.loadAndDelete(2L);
            assertThat(context.getBean(Source.class).written).isEmpty();
            views.flush();
            assertThat(context.getBean(Source.class).written).containsExactly("1=one", "2 deleted");
        });
        through.withPropertyValues("hamster.cache.caches.views.write-mode=none").run(context -> {
            assertThat(policy(context, "views").writer()).isEmpty();
            assertThat(policy(context, "views").writeBack()).isEmpty();
        });
    }

    @Test
    void theDefaultModeIsForThoseThatHaveACacheWriter() {
        through.withPropertyValues("hamster.cache.defaults.write-mode=back").run(context -> {
            assertThat(policy(context, "views").writeBack()).isPresent();
            assertThat(policy(context, "others").writeBack()).isEmpty();
        });
        back.withPropertyValues("hamster.cache.defaults.write-mode=through")
                .run(context -> assertThat(policy(context, "views").writeBack()).isPresent());
    }

    @Test
    void appliesEveryProperty() {
        back.withPropertyValues(
                        "hamster.cache.defaults.write-back.flush-interval=1m",
                        "hamster.cache.defaults.write-back.max-retries=9",
                        "hamster.cache.caches.views.write-back.flush-interval=30s",
                        "hamster.cache.caches.views.write-back.batch-size=7",
                        "hamster.cache.caches.views.write-back.retry-delay=2s",
                        "hamster.cache.caches.views.write-back.durability=file",
                        "hamster.cache.caches.views.write-back.directory=" + directory,
                        "hamster.cache.caches.views.write-back.max-dirty=70",
                        "hamster.cache.caches.views.write-back.full-timeout=0s",
                        "hamster.cache.caches.views.write-back.close-timeout=3s")
                .run(context -> assertThat(writeBack(context))
                        .isEqualTo(WriteBackPolicy.builder()
                                .flushInterval(Duration.ofSeconds(30))
                                .batchSize(7)
                                .maxRetries(9)
                                .retryDelay(Duration.ofSeconds(2))
                                .durability(Durability.FILE)
                                .directory(directory)
                                .maxDirty(70)
                                .fullTimeout(Duration.ZERO)
                                .closeTimeout(Duration.ofSeconds(3))
                                .types(Long.class, String.class)
                                .build()));
    }

    @Test
    void propertiesNameTheTypesThatTheWriterLeavesOpen() {
        ApplicationContextRunner vague = runner.withBean(Source.class)
                .withUserConfiguration(Vague.class)
                .withPropertyValues(
                        "hamster.cache.defaults.write-back.durability=file",
                        "hamster.cache.defaults.write-back.directory=" + directory);
        vague.withPropertyValues(
                        "hamster.cache.caches.views.key-type=java.lang.Long",
                        "hamster.cache.caches.views.value-type=java.util.List<java.lang.String>")
                .run(context -> {
                    assertThat(writeBack(context).keyType()).contains(Long.class);
                    assertThat(writeBack(context).valueType().orElseThrow().getTypeName())
                            .isEqualTo("java.util.List<java.lang.String>");
                });
        vague.withPropertyValues("hamster.cache.caches.views.value-type=java.lang.String")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("Cache 'views' journals what it writes back, but bean 'vague' doesn't"
                                + " tell of what type its keys are. Set hamster.cache.caches.views.key-type"));
        vague.withPropertyValues("hamster.cache.caches.views.key-type=java.lang.Long")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("Cache 'views' journals what it writes back, but bean 'vague' doesn't"
                                + " tell of what type its values are")
                        .hasMessageContaining("value-type"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            write-back.flush-interval=0s  | .write-back.flush-interval: The write-back's flushInterval is PT0S
            write-back.batch-size=0       | .write-back.batch-size: The write-back's batchSize is 0
            write-back.max-retries=-1     | .write-back.max-retries: The write-back's maxRetries is -1
            write-back.retry-delay=0s     | .write-back.retry-delay: The write-back's retryDelay is PT0S
            write-back.max-dirty=0        | .write-back.max-dirty: The write-back's maxDirty is 0
            write-back.max-dirty=99       | .write-back: The write-back's maxDirty is 99 but batchSize is 100
            write-back.full-timeout=-1s   | .write-back.full-timeout: The write-back's fullTimeout is PT-1S
            write-back.close-timeout=0s   | .write-back.close-timeout: The write-back's closeTimeout is PT0S
            write-back.directory=         | .write-back.directory is empty
            write-back.directory=journals | .write-back.directory is set, but the durability is memory
            write-back.durability=file    | .write-back.durability is file, but hamster.cache.caches.views.write-back.directory, where the journal is, isn't set
            write-back.durability=redis   | : writeBack has durability REDIS but tier is LOCAL
            write-mode=through            | .write-mode is through, but bean 'back' is a WriteBackWriter, which can only write back
            key-type=Gone                 | .key-type is 'Gone', which is no type
            tier=remote                   | : writeBack has durability MEMORY but tier is REMOTE
            """)
    void refusesWhatCannotBeByItsProperty(String property, String message) {
        back.withPropertyValues(
                        "hamster.cache.defaults.value-type=java.lang.String", "hamster.cache.caches.views." + property)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("hamster.cache.caches.views" + message));
    }

    @Test
    void refusesAModeWithoutAWriter() {
        for (String mode : List.of("back", "through")) {
            runner.withPropertyValues("hamster.cache.caches.views.write-mode=" + mode)
                    .run(context -> assertThat(CacheTestContexts.refusal(context))
                            .hasMessageStartingWith("hamster.cache.caches.views.write-mode is " + mode
                                    + ", but the cache has no writer.")
                            .hasMessageContaining("@ForCache(\"views\")"));
        }
    }

    @Test
    void refusesSettingsOfACacheThatDoesNotWriteBack() {
        for (ApplicationContextRunner each : List.of(runner, through)) {
            each.withPropertyValues("hamster.cache.caches.views.write-back.batch-size=5")
                    .run(context -> assertThat(CacheTestContexts.refusal(context))
                            .hasMessageStartingWith("hamster.cache.caches.views.write-back is set, but the cache"
                                    + " doesn't write back. Set hamster.cache.caches.views.write-mode=back"));
        }
    }

    @Test
    void refusesAJournalWithoutACodec() {
        bare.withUserConfiguration(Back.class)
                .withPropertyValues(
                        "hamster.cache.caches.views.write-back.durability=file",
                        "hamster.cache.caches.views.write-back.directory=" + directory)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("hamster.cache.caches.views.write-back.durability is file, but nothing"
                                + " turns keys and values into text. Values have to be turned into text: add"
                                + " spring-boot-starter-jackson")
                        .hasMessageContaining(Codec.class.getName()));
    }

    @Test
    void saysHowToGetRedis() {
        back.withPropertyValues(
                        "hamster.cache.caches.views.write-back.durability=redis",
                        "hamster.cache.caches.views.tier=two-level",
                        "hamster.cache.caches.views.value-type=java.lang.String")
                .withClassLoader(new FilteredClassLoader(LettuceConnectionFactory.class))
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("spring-boot-starter-data-redis")
                        .hasMessageContaining("Or set "));
    }

    @Test
    void refusesTwoWriters() {
        runner.withUserConfiguration(Back.class)
                .withBean("through", SourceWriter.class)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("'through'")
                        .hasMessageContaining("'back'")
                        .hasMessageContaining("both a writer"));
    }

    @Test
    void redisCountsAsMemoryWithoutTheSharedTier() {
        back.withPropertyValues(
                        "hamster.cache.caches.views.write-back.durability=redis",
                        "hamster.cache.caches.views.write-back.batch-size=5",
                        "hamster.cache.caches.views.tier=two-level",
                        "hamster.cache.remote.enabled=false")
                .run(context -> {
                    assertThat(writeBack(context).durability()).isEqualTo(Durability.MEMORY);
                    assertThat(writeBack(context).batchSize()).isEqualTo(5);
                });
    }

    @Test
    void hasNoJournalsWithoutRedisAndMakesNoneWithoutNeed() {
        ApplicationContextRunner redis =
                runner.withConfiguration(AutoConfigurations.of(HamsterRedisAutoConfiguration.class));
        redis.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SharedJournal.Factory.class));
    }

    @Test
    void whatWasNotWrittenBeforeTheEndIsThereAfterARestart() {
        ApplicationContextRunner journalled = back.withPropertyValues(
                "hamster.cache.caches.views.write-back.durability=file",
                "hamster.cache.caches.views.write-back.directory=" + directory);
        journalled.run(context -> {
            context.getBean(Source.class).isAway = true;
            context.getBean(CacheClient.class).cache("views").put(1L, "one");
        });
        journalled.run(context -> {
            HamsterCache<Long, String> views =
                    context.getBean(CacheClient.class).cache("views");
            assertThat(views.dirty()).containsExactly(1L);
            assertThat(views.get(1L)).contains("one");
            assertThat(context.getBean(Source.class).written).isEmpty();
        });
        journalled.run(context -> assertThat(
                        context.getBean(CacheClient.class).cache("views").dirty())
                .as("written at the end of the second")
                .isEmpty());
    }

    @Test
    void writesAtTheEndAndWhenTheContextIsStopped() {
        List<String> written = new ArrayList<>();
        back.run(context -> {
            Source source = context.getBean(Source.class);
            HamsterCache<Long, String> views =
                    context.getBean(CacheClient.class).cache("views");
            views.put(1L, "one");
            context.getSourceApplicationContext().stop();
            assertThat(source.written).containsExactly("1=one");
            context.getSourceApplicationContext().start();
            views.put(2L, "two");
            context.getSourceApplicationContext().close();
            written.addAll(source.written);
        });
        assertThat(written).containsExactly("1=one", "2=two");
    }

    @Test
    void aSourceThatIsAwayDoesNotKeepTheContextFromStopping() {
        back.run(context -> {
            Source source = context.getBean(Source.class);
            source.isAway = true;
            HamsterCache<Long, String> views =
                    context.getBean(CacheClient.class).cache("views");
            views.put(1L, "one");
            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();
            source.isAway = false;

            assertThat(views.get(1L)).contains("one");
            views.flush();
            assertThat(source.written).containsExactly("1=one");
        });
    }

    /** Where values are written to. */
    static class Source {

        final List<String> written = new CopyOnWriteArrayList<>();
        volatile boolean isAway;

        void take(Object key, Optional<?> value) {
            if (isAway) {
                throw new IllegalStateException("The source is away");
            }
            written.add(value.map(present -> key + "=" + present).orElse(key + " deleted"));
        }
    }

    @ForCache("views")
    static class SourceWriter implements CacheWriter<Long, String> {

        private final Source source;

        SourceWriter(Source source) {
            this.source = source;
        }

        @Override
        public void write(Long key, String value) {
            source.take(key, Optional.of(value));
        }

        @Override
        public void delete(Long key) {
            source.take(key, Optional.empty());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Through {

        @Bean
        Source source() {
            return new Source();
        }

        @Bean
        SourceWriter through(Source source) {
            return new SourceWriter(source);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Back {

        @Bean
        Source source() {
            return new Source();
        }

        @Bean
        @ForCache("views")
        WriteBackWriter<Long, String> back(Source source) {
            return batch -> {
                batch.forEach(entry -> source.take(entry.key(), entry.value()));
                return Map.of();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Vague {

        @Bean
        @ForCache("views")
        WriteBackWriter<?, ?> vague(Source source) {
            return new Writer<>(source);
        }
    }

    private record Writer<K, V>(Source source) implements WriteBackWriter<K, V> {

        @Override
        public Map<WriteBackEntry<K, V>, Exception> write(List<WriteBackEntry<K, V>> batch) {
            batch.forEach(entry -> source.take(entry.key(), entry.value()));
            return Map.of();
        }
    }
}
