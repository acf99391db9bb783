package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.aspectj.lang.JoinPoint;
import org.aspectj.lang.annotation.AfterReturning;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.junit.jupiter.api.Test;

/** Aspects of the application inside of the cache's, where a load may run on another thread than its caller. */
class CachedAspectTests {

    @Test
    void runsAspectsOfALoadOnAnotherThread() {
        CacheTestContexts.runner()
                .withPropertyValues("hamster.cache.caches.users.hard-timeout=1m")
                .withBean(Users.class)
                .withBean(Audit.class)
                .run(context -> {
                    Users users = context.getBean(Users.class);

                    assertThat(users.find(1)).isEqualTo("user 1");
                    assertThat(users.find(1)).isEqualTo("user 1");
                    context.getBean(CacheClient.class).cache("users").invalidate(1L);
                    assertThat(users.find(1)).isEqualTo("user 1");

                    assertThat(context.getBean(Audit.class).noted)
                            .containsExactly("find(1)", "user 1", "find(1)", "user 1");
                });
    }

    @Aspect
    static class Audit {

        private final List<String> noted = new CopyOnWriteArrayList<>();

        @Before("execution(* io.hamster.spring.cache.CachedAspectTests.Users.find(..)) && args(id)")
        public void before(JoinPoint call, long id) {
            noted.add(call.getSignature().getName() + "(" + id + ")");
        }

        @AfterReturning(
                pointcut = "execution(* io.hamster.spring.cache.CachedAspectTests.Users.find(..))",
                returning = "user")
        public void after(String user) {
            noted.add(user);
        }
    }

    static class Users {

        @Cached(name = "users", key = "#id")
        public String find(long id) {
            return "user " + id;
        }
    }
}
