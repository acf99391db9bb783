package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.redis.RedisDeployment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What two instances hear of each other on one topology. */
abstract class InvalidationChannelContract {

    private final RedisFixture fixture;
    private final List<RedisInvalidationChannel> channels = new ArrayList<>();

    InvalidationChannelContract(RedisDeployment redis) {
        fixture = RedisFixture.on(redis);
    }

    @AfterEach
    void close() {
        channels.forEach(RedisInvalidationChannel::stop);
        fixture.close();
    }

    @Test
    void everyoneHearsEachMessageInItsSendersOrder() {
        Heard here = new Heard();
        Heard there = new Heard();
        RedisInvalidationChannel channel = open(here);
        open(there);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String message = "message " + i + " \u0000\u00e9";
            sent.add(message);
            channel.send(message.getBytes(StandardCharsets.UTF_8));
        }
        await().untilAsserted(() -> assertThat(here.messages).isEqualTo(sent));
        await().untilAsserted(() -> assertThat(there.messages).isEqualTo(sent));
    }

    @Test
    void sendsNothingOnceItIsClosed() {
        Heard there = new Heard();
        RedisInvalidationChannel channel = open(new Heard());
        open(there);
        channel.close();
        assertThat(channel.send(new byte[] {1}).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("closed");
        assertThat(there.messages).isEmpty();
    }

    private RedisInvalidationChannel open(Heard heard) {
        RedisLink link = fixture.link();
        RedisInvalidationChannel channel = new RedisInvalidationChannel(
                link, fixture.namespace + ":news", fixture.scheduler, Duration.ofSeconds(5));
        channels.add(channel);
        channel.listen(
                message -> heard.messages.add(new String(message, StandardCharsets.UTF_8)),
                heard.disruptions::incrementAndGet);
        channel.start();
        await().until(() -> heard.disruptions.get() == 1 && link.isUp());
        return channel;
    }

    private static final class Heard {

        private final List<String> messages = new CopyOnWriteArrayList<>();
        private final AtomicInteger disruptions = new AtomicInteger();
    }
}
