package io.hamster.cache.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.invalidation.Invalidation.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NewsMessageTests {

    private static final UUID SENDER = new UUID(-3, 7);

    private final List<NewsMessage> messages = List.of(
            new NewsMessage.Heartbeat(SENDER, 12, -5),
            new NewsMessage.Farewell(SENDER, Long.MAX_VALUE),
            new NewsMessage.News(SENDER, 1, new Invalidation("bücher", Scope.KEYS, Set.of("a", "\uD83D\uDC39"))),
            new NewsMessage.News(SENDER, 2, new Invalidation("b", Scope.TAGS, Set.of("red"))),
            new NewsMessage.News(SENDER, 3, new Invalidation("b", Scope.ALL, Set.of())));

    @Test
    void readsWhatItWrote() {
        for (NewsMessage message : messages) {
            assertThat(NewsMessage.decode(message.encode())).contains(message);
        }
    }

    @Test
    void readsNothingThatWasCutOrGrown() {
        for (NewsMessage message : messages) {
            byte[] bytes = message.encode();
            for (int length = 0; length < bytes.length; length++) {
                assertThat(NewsMessage.decode(Arrays.copyOf(bytes, length))).isEmpty();
            }
            assertThat(NewsMessage.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                    .isEmpty();
        }
    }

    @Test
    void survivesAnything() {
        Random random = new Random(3);
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = messages.get(i % messages.size()).encode();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            read += NewsMessage.decode(bytes).isPresent() ? 1 : 0;
        }
        assertThat(read).as("some are still messages").isPositive();
    }
}
