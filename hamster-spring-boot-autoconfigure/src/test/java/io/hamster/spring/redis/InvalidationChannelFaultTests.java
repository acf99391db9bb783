package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invalidations behind a bad network. */
@RedisTest
class InvalidationChannelFaultTests {

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    private final RedisProxy proxy;
    private final RedisFixture fixture;
    private final RedisLink link;
    private final RedisInvalidationChannel channel;
    private final List<byte[]> messages = new CopyOnWriteArrayList<>();
    private final AtomicInteger disruptions = new AtomicInteger();

    InvalidationChannelFaultTests(RedisDeployment redis) {
        proxy = RedisProxy.to(redis.addresses().get(0).getPort());
        fixture = new RedisFixture(RedisFixture.factory(URI.create("redis://127.0.0.1:" + proxy.port())));
        link = fixture.link();
        channel = new RedisInvalidationChannel(link, fixture.namespace + ":news", fixture.scheduler, TIMEOUT);
        channel.listen(messages::add, disruptions::incrementAndGet);
        channel.start();
        await().until(() -> disruptions.get() == 1 && link.isUp());
    }

    @AfterEach
    void close() {
        channel.stop();
        proxy.close();
        fixture.close();
    }

    @Test
    void saysAfterAnOutageThatMessagesMayBeLostAndHearsAgain() {
        proxy.refuse(true);
        await().until(() -> !link.isUp());
        assertThat(channel.send(new byte[] {1}).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("down");
        proxy.refuse(false);
        await().until(() -> disruptions.get() > 1 && link.isUp());
        channel.send(new byte[] {2});
        await().untilAsserted(() -> assertThat(messages).containsExactly(new byte[] {2}));
    }

    @Test
    void hearsAgainOnAnotherConnectionIfThePresentOneIsDeadWithoutAWord() {
        proxy.freezeReplies();
        RedisLink another = fixture.link();
        await().until(another::isUp);

        channel.listenAnew();

        await().until(() -> disruptions.get() == 2);
        another.primaryOf("any").join().sync().publish(fixture.namespace + ":news", "AQ==");
        await().untilAsserted(() -> assertThat(messages).containsExactly(new byte[] {1}));
    }

    @Test
    void failsAfterTheTimeoutIfNobodyAnswers() {
        proxy.holdReplies();
        assertThat(channel.send(new byte[] {1}).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("within");
    }

    @Test
    void hearsWhatItCannotReadAsSomething() {
        link.primaryOf("any").join().sync().publish(fixture.namespace + ":news", "not Base64!");
        await().untilAsserted(() -> assertThat(messages).containsExactly(new byte[0]));
    }
}
