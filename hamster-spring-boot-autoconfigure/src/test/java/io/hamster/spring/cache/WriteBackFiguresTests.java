package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.Tier;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackStats;
import io.hamster.testing.ManualTime;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WriteBackFiguresTests {

    private final ManualTime time = new ManualTime();
    private final Queue<Runnable> behind = new ArrayDeque<>();
    private final WriteBackFigures figures = new WriteBackFigures(() -> time, () -> behind::add);
    private boolean isAway;
    private long dead;

    private final HamsterCache<?, ?> shared =
            proxy(HamsterCache.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "name" -> "users";
                case "policy" -> policy();
                case "writeBack" -> Optional.of(proxy(WriteBackAdmin.class, (admin, asked, none) -> stats()));
                default -> throw new AssertionError(method);
            });

    private static CachePolicy policy() {
        CacheWriter<String, String> writer = new CacheWriter<>() {
            @Override
            public void write(String key, String value) {}

            @Override
            public void delete(String key) {}
        };
        return CachePolicy.builder()
                .tier(Tier.TWO_LEVEL)
                .valueType(String.class)
                .writeBack(
                        writer,
                        WriteBackPolicy.builder()
                                .durability(Durability.REDIS)
                                .types(String.class, String.class)
                                .build())
                .build();
    }

    private WriteBackStats stats() {
        if (isAway) {
            throw new JournalException("The journal of cache 'users' does not answer", null);
        }
        return new WriteBackStats(5, dead, 0, 0, 0);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private WriteBackFigures.Figures known() {
        return figures.of(shared).orElseThrow();
    }

    @Test
    void asksASharedJournalBehindAndNotEachTime() {
        assertThat(known().stats()).as("nobody waits for it").isNull();
        assertThat(known().isAway()).isFalse();
        assertThat(behind).as("one question at a time").hasSize(1);
        behind.remove().run();
        assertThat(known().stats()).isEqualTo(new WriteBackStats(5, 0, 0, 0, 0));
        assertThat(behind).isEmpty();

        dead = 1;
        time.advance(Duration.ofSeconds(5));
        assertThat(known().dead()).as("what it said last").isZero();
        behind.remove().run();
        assertThat(known().dead()).isEqualTo(1);
    }

    @Test
    void asksAgainAfterThreadsHaveRunOut() {
        AtomicBoolean isExhausted = new AtomicBoolean(true);
        WriteBackFigures later = new WriteBackFigures(() -> time, () -> task -> {
            if (isExhausted.get()) {
                throw new Error("unable to create native thread");
            }
            task.run();
        });
        assertThat(later.of(shared).orElseThrow().stats()).isNull();

        isExhausted.set(false);
        time.advance(Duration.ofSeconds(5));

        assertThat(later.of(shared).orElseThrow().stats()).isNotNull();
    }

    @Test
    void tellsThatTheJournalIsAwayAndWhatItSaidLast() {
        dead = 2;
        known();
        behind.remove().run();
        isAway = true;
        time.advance(Duration.ofSeconds(5));
        known();
        behind.remove().run();

        assertThat(known().isAway()).isTrue();
        assertThat(known().dead()).isEqualTo(2);

        isAway = false;
        time.advance(Duration.ofSeconds(5));
        known();
        behind.remove().run();
        assertThat(known().isAway()).isFalse();
    }
}
