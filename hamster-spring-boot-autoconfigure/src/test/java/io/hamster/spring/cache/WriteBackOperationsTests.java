package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

/** What an operator sees and does of a cache that writes back. */
class WriteBackOperationsTests {

    private static final String PATH = "/actuator/hamstercaches";
    private static final String SECRET_KEY = "somebody@example.org";

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withUserConfiguration(Web.class)
            .withPropertyValues(
                    "hamster.test.manual-time=true",
                    "hamster.cache.caches.users.write-back.max-retries=0",
                    "management.endpoints.web.exposure.include=hamstercaches",
                    "management.endpoint.hamstercaches.access=UNRESTRICTED");

    private static HamsterCache<String, String> users(WebApplicationContext context) {
        return context.getBean(CacheClient.class).cache("users");
    }

    /** One entry that the source takes and one that it refuses. */
    private static DeadLetter<String> deadLetter(WebApplicationContext context) {
        HamsterCache<String, String> users = users(context);
        users.put("good", "taken");
        users.put(SECRET_KEY, "refused secret");
        assertThatExceptionOfType(FlushException.class).isThrownBy(users::flush);
        return users.writeBack().orElseThrow().deadLetters().get(0);
    }

    private static MockHttpServletResponse post(WebApplicationContext context, String body) {
        return MockMvcTester.from(context)
                .post()
                .uri(PATH + "/users")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange()
                .getResponse();
    }

    private static Health health(WebApplicationContext context) {
        HamsterHealthPart part = context.getBean("hamsterCacheHealth", HamsterHealthPart.class);
        return part.indicator().health();
    }

    @Test
    void listsDeadLettersWithoutKeysAndValues() {
        runner.run(context -> {
            DeadLetter<String> letter = deadLetter(context);

            MockMvcTester http = MockMvcTester.from(context);
            assertThat(http.get().uri(PATH + "/users")).hasStatusOk().bodyJson().isLenientlyEqualTo("""
                            {"writeBack": {
                              "durability": "MEMORY", "flushInterval": "PT5M", "batchSize": 100, "journalAway": false,
                              "stats": {"dirty": 1, "dead": 1, "flushed": 1, "damaged": 0},
                              "deadLetters": [{"sequence": %d, "reason": "java.lang.IllegalArgumentException"}]
                            }}""".formatted(
                            letter.sequence()));
            assertThat(http.get().uri(PATH)).hasStatusOk().bodyJson().isLenientlyEqualTo("""
                            {"caches": [{"name": "users", "writeBack": {"stats": {"dead": 1}, "deadLetters": null}}]}""");
            for (String path : List.of(PATH, PATH + "/users")) {
                assertThat(http.get().uri(path).exchange().getResponse().getContentAsString())
                        .doesNotContain(SECRET_KEY)
                        .doesNotContain("secret");
            }
        });
    }

    @Test
    void showsKeysOfDeadLettersInFullIfTheApplicationSaysSo() {
        runner.withPropertyValues("hamster.cache.endpoint.show-keys=true").run(context -> {
            deadLetter(context);

            assertThat(MockMvcTester.from(context).get().uri(PATH + "/users"))
                    .hasStatusOk()
                    .bodyJson()
                    .extractingPath("$.writeBack.deadLetters[0].key")
                    .isEqualTo(SECRET_KEY);
        });
    }

    @Test
    void flushesAndSaysWhatTheSourceRefused() {
        runner.run(context -> {
            users(context).put("a", "taken");

            assertThat(post(context, "{\"action\":\"flush\"}").getStatus()).isEqualTo(HttpStatus.NO_CONTENT.value());
            assertThat(context.getBean(Users.class).written).containsExactly("taken");

            users(context).put("b", "refused secret");
            MockHttpServletResponse refused = post(context, "{\"action\":\"flush\"}");
            assertThat(refused.getStatus()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE.value());
            assertThat(refused.getContentAsString())
                    .contains("stay in its journal")
                    .doesNotContain("secret");
        });
    }

    @Test
    void triesDeadLettersAgain() {
        for (boolean all : new boolean[] {true, false}) {
            runner.run(context -> {
                DeadLetter<String> letter = deadLetter(context);
                context.getBean(Users.class).takesAll = true;

                String which = all ? "" : ",\"sequence\":" + letter.sequence();
                assertThat(post(context, "{\"action\":\"redrive\"" + which + "}")
                                .getStatus())
                        .isEqualTo(HttpStatus.NO_CONTENT.value());

                users(context).flush();
                assertThat(context.getBean(Users.class).written).containsExactly("taken", "refused secret");
            });
        }
    }

    @Test
    void discardsADeadLetterForGood() {
        runner.run(context -> {
            DeadLetter<String> letter = deadLetter(context);
            String discard = "{\"action\":\"discard\",\"sequence\":" + letter.sequence() + "}";

            assertThat(post(context, discard).getStatus()).isEqualTo(HttpStatus.NO_CONTENT.value());

            assertThat(users(context).dirty()).isEmpty();
            assertThat(users(context).get(SECRET_KEY)).isEmpty();
            assertThat(post(context, discard).getStatus()).as("it is gone").isEqualTo(HttpStatus.NOT_FOUND.value());
        });
    }

    @Test
    void clearingDeletesNothingInTheSource() {
        runner.run(context -> {
            users(context).put("a", "clean");
            users(context).flush();
            users(context).put("b", "dirty");

            assertThat(MockMvcTester.from(context).delete().uri(PATH + "/users"))
                    .hasStatus(HttpStatus.NO_CONTENT);

            assertThat(users(context).get("a")).isEmpty();
            assertThat(users(context).get("b")).contains("dirty");
            context.getBean(CacheManager.class).resetCaches();
            users(context).flush();
            assertThat(context.getBean(Users.class).written).containsExactly("clean", "dirty");
        });
    }

    @Test
    void discardsNothingThatIsNotNamed() {
        runner.run(context -> {
            DeadLetter<String> letter = deadLetter(context);

            assertThat(post(context, "{\"action\":\"discard\"}").getStatus()).isEqualTo(HttpStatus.BAD_REQUEST.value());
            assertThat(post(context, "{\"action\":\"discard\",\"sequence\":" + (letter.sequence() + 1) + "}")
                            .getStatus())
                    .isEqualTo(HttpStatus.NOT_FOUND.value());
            assertThat(users(context).dirty()).containsExactly(SECRET_KEY);
        });
    }

    @Test
    void deadLettersDegradeTheHealth() {
        runner.run(context -> {
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(health(context).getDetails()).containsEntry("writingBack", 1L);

            DeadLetter<String> letter = deadLetter(context);

            assertThat(health(context).getStatus()).isEqualTo(HamsterHealthPart.DEGRADED);
            assertThat(health(context).getDetails()).containsEntry("deadLetters", Map.of("users", 1L));
            users(context).writeBack().orElseThrow().discard(letter);
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
        });
    }

    @Test
    void aJournalWhoseThreadHasEndedDegradesTheHealth(@TempDir Path directory) {
        Set<Thread> others = journalThreads();
        runner.withPropertyValues(
                        "hamster.cache.caches.users.write-back.durability=file",
                        "hamster.cache.caches.users.write-back.directory=" + directory)
                .run(context -> {
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);

                    for (Thread thread : journalThreads()) {
                        if (!others.contains(thread)) {
                            thread.interrupt();
                            thread.join();
                        }
                    }

                    assertThatExceptionOfType(JournalException.class)
                            .isThrownBy(() -> users(context).put("a", "v"));
                    assertThat(health(context).getStatus()).isEqualTo(HamsterHealthPart.DEGRADED);
                    assertThat(health(context).getDetails()).containsEntry("journalsFailed", Set.of("users"));
                });
    }

    private static Set<Thread> journalThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("hamster-journal"))
                .collect(Collectors.toSet());
    }

    @Test
    void metersCount() {
        runner.withBean(SimpleMeterRegistry.class).run(context -> {
            deadLetter(context);
            users(context).put("b", "waits");
            MeterRegistry registry = context.getBean(MeterRegistry.class);

            assertThat(registry.get("hamster.writeback.dirty")
                            .tag("cache", "users")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            assertThat(registry.get("hamster.writeback.dead")
                            .tag("cache", "users")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("hamster.writeback.damaged")
                            .tag("cache", "users")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(registry.get("hamster.writeback.flush")
                            .tags("cache", "users", "result", "success")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("hamster.writeback.flush")
                            .tags("cache", "users", "result", "failure")
                            .functionCounter()
                            .count())
                    .isPositive();
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Web {

        @Bean
        @ForCache("users")
        Users users() {
            return new Users();
        }
    }

    /** A source that refuses some values. */
    static class Users implements WriteBackWriter<String, String> {

        final List<String> written = new CopyOnWriteArrayList<>();
        volatile boolean takesAll;

        @Override
        public Map<WriteBackEntry<String, String>, Exception> write(List<WriteBackEntry<String, String>> batch) {
            Map<WriteBackEntry<String, String>, Exception> failures = new LinkedHashMap<>();
            for (WriteBackEntry<String, String> entry : batch) {
                String value = entry.value().orElse("deleted");
                if (!takesAll && value.startsWith("refused")) {
                    failures.put(entry, new IllegalArgumentException("No place for '" + value + "'"));
                } else {
                    written.add(value);
                }
            }
            return failures;
        }
    }
}
