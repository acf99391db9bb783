package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.Cached;
import io.hamster.cache.SharedTier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What caches take for the keys of methods. */
class MethodKeyTests {

    private final ApplicationContextRunner runner = CacheTestContexts.runner().withBean(Users.class);

    @Test
    void takesDefaultKeysInACacheThatTellsOthers() {
        runner.withPropertyValues("hamster.cache.caches.users.tells-others=true")
                .withBean(SharedTier.class, SharedTiers::alone)
                .run(context -> {
                    Users users = context.getBean(Users.class);

                    assertThat(users.pair(1, 2)).isEqualTo("1|2 #1");
                    assertThat(users.pair(1, 2)).isEqualTo("1|2 #1");
                    assertThat(users.pair(12, 3)).isEqualTo("12|3 #2");
                    assertThat(users.none()).isEqualTo("none #3");
                    assertThat(users.none()).isEqualTo("none #3");
                });
    }

    static class Users {

        private final AtomicInteger runs = new AtomicInteger();

        private String run(String what) {
            return what + " #" + runs.incrementAndGet();
        }

        @Cached(name = "users")
        public String pair(long one, long two) {
            return run(one + "|" + two);
        }

        @Cached(name = "users")
        public String none() {
            return run("none");
        }
    }
}
