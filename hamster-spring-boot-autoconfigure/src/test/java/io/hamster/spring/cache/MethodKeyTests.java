package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCacheKeyException;
import io.hamster.cache.SharedTier;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.SimpleKeyGenerator;

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

    @Test
    void knowsAnArrayByItsElementsWhetherItIsTheDefaultKeyOrNot() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            assertThat(users.digest(bytes(1, 2))).isEqualTo("digest #1");
            assertThat(users.digest(bytes(1, 2))).isEqualTo("digest #1");
            users.dropDigest(bytes(1, 2));
            assertThat(users.digest(bytes(1, 2))).isEqualTo("digest #2");

            Cache plain = context.getBean(CacheManager.class).getCache("users");
            assertThat(plain.get(SimpleKeyGenerator.generateKey(bytes(1, 2)), String.class))
                    .as("the key of @Cacheable")
                    .isEqualTo("digest #2");
        });
    }

    @Test
    void keepsAKeyOfSeveralParametersAsItWas() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            byte[] buffer = bytes(1, 2);
            assertThat(users.part(buffer, 1)).isEqualTo("part #1");
            buffer[0] = 3;
            assertThat(users.part(buffer, 1)).isEqualTo("part #2");
            assertThat(users.part(bytes(1, 2), 1)).isEqualTo("part #1");
        });
    }

    @Test
    void refusesAnArrayInALocalCacheWithAWriter() {
        runner.withBean(Files.class).run(context -> {
            Users users = context.getBean(Users.class);
            assertThatExceptionOfType(InvalidCacheKeyException.class)
                    .isThrownBy(() -> users.save(bytes(1, 2), "v"))
                    .withMessageContaining("Cache 'files'")
                    .withMessageContaining("byte[]")
                    .withMessageContaining("T(java.util.Arrays).toString(#key)");
            users.saveByText(bytes(1, 2), "v");
            assertThat(context.getBean(Files.class).written).containsExactly("0102=v");
        });
    }

    @Test
    void ignoresTheTextOfKeysWhereItIsNotAsked() {
        runner.withBean(
                        CachePolicyCustomizer.class,
                        () -> (name, policy) -> policy.keyText((Object key) -> key.toString()))
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    byte[] buffer = bytes(1, 2);
                    assertThat(users.byExpression(buffer)).isEqualTo("bytes #1");
                    buffer[0] = 3;
                    assertThat(users.byExpression(buffer)).isEqualTo("bytes #2");
                    assertThat(users.byExpression(bytes(1, 2))).isEqualTo("bytes #1");
                });
    }

    @Test
    void givesArraysToWhatTurnsKeysIntoText() {
        runner.withPropertyValues("hamster.cache.caches.users.tells-others=true")
                .withBean(SharedTier.class, SharedTiers::alone)
                .withBean(
                        CachePolicyCustomizer.class,
                        () -> (name, policy) ->
                                policy.keyText((byte[] key) -> HexFormat.of().formatHex(key)))
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    assertThat(users.digest(bytes(1, 2))).isEqualTo("digest #1");
                    assertThat(users.digest(bytes(1, 2))).isEqualTo("digest #1");
                    users.dropDigest(bytes(1, 2));
                    assertThat(users.digest(bytes(1, 2))).isEqualTo("digest #2");
                    assertThat(context.getBean(CacheClient.class).cache("users").get(bytes(1, 2)))
                            .contains("digest #2");
                });
    }

    @Test
    void copiesAnArrayThatACacheKeeps() {
        runner.withPropertyValues("hamster.cache.caches.users.tells-others=true")
                .withBean(SharedTier.class, SharedTiers::alone)
                .withBean(CachePolicyCustomizer.class, () -> (name, policy) -> policy.keyText((Object key) -> "any"))
                .run(context -> {
                    HamsterCache<?, ?> cache =
                            context.getBean(CacheClient.class).cache("users");
                    byte[][] array = {bytes(1, 2), null};

                    Object key = MethodKeys.of(cache, array);
                    array[0][0] = 3;
                    array[1] = bytes(4);

                    assertThat(key).isEqualTo(new byte[][] {bytes(1, 2), null});
                });
    }

    @Test
    void dropsAnArrayThatWasPutWhileAMethodUpdatedIt() {
        runner.withPropertyValues("hamster.cache.caches.users.tier=remote")
                .withBean(SharedTier.class, SharedTiers::alone)
                .withBean(
                        CachePolicyCustomizer.class,
                        () -> (name, policy) ->
                                policy.keyText((byte[] key) -> HexFormat.of().formatHex(key)))
                .run(context -> {
                    HamsterCache<Object, Object> cache =
                            context.getBean(CacheClient.class).cache("users");

                    context.getBean(Users.class).update(bytes(1, 2), () -> cache.put(bytes(1, 2), "theirs"));

                    assertThat(cache.get(bytes(1, 2)))
                            .as("nobody knows which is newer")
                            .isEmpty();
                });
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @ForCache("files")
    static class Files implements CacheWriter<String, String> {

        private final List<String> written = new CopyOnWriteArrayList<>();

        @Override
        public void write(String key, String value) {
            written.add(key + "=" + value);
        }

        @Override
        public void delete(String key) {}
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

        @Cached(name = "users")
        public String digest(byte[] digest) {
            return run("digest");
        }

        @CacheInvalidate(name = "users", key = "#digest")
        public void dropDigest(byte[] digest) {}

        @CacheUpdate(name = "users", key = "#digest")
        public String update(byte[] digest, Runnable meanwhile) {
            meanwhile.run();
            return "mine";
        }

        @Cached(name = "users")
        public String part(byte[] file, int part) {
            return run("part");
        }

        @Cached(name = "users", key = "#file")
        public String byExpression(byte[] file) {
            return run("bytes");
        }

        @CacheUpdate(name = "files", key = "#file")
        public String save(byte[] file, String content) {
            return content;
        }

        @CacheUpdate(name = "files", key = "T(java.util.HexFormat).of().formatHex(#file)")
        public String saveByText(byte[] file, String content) {
            return content;
        }
    }
}
