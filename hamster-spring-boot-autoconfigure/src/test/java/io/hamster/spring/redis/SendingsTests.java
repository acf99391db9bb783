package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.redis.CacheCall.Reply;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendingsTests {

    private final CacheCall call =
            new CacheCall(Script.named("cache-bucket", "cache-put"), List.of("state", "epoch"), 1, args -> {});
    private final CommandOutput<String, String, Reply> output = call.output();

    private boolean areTwice() {
        return call.sendings().areTwice();
    }

    private void refuse(String error) {
        output.setError(ByteBuffer.wrap(error.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatWasNotAnsweredBeforeItIsSentAgainMayHaveBeenDoneTwice() {
        call.sent();
        assertThat(areTwice()).isFalse();

        call.sent();
        assertThat(areTwice()).isTrue();
    }

    @Test
    void whatWasRedirectedWasNotDone() {
        call.sent();
        refuse("MOVED 4711 127.0.0.1:7001");
        call.sent();
        refuse("NOSCRIPT No matching script");
        call.sent();
        assertThat(areTwice()).isFalse();

        call.sent();
        refuse("MOVED 4711 127.0.0.1:7002");
        call.sent();
        assertThat(areTwice()).as("the third time by another's answer").isTrue();
    }
}
