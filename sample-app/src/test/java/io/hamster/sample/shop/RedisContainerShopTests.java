package io.hamster.sample.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;
import org.testcontainers.junit.jupiter.EnabledIfDockerAvailable;

/** The shop with its locks, caches and leader in a Redis that nobody has to start. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles({"redis", "container"})
@Import(RedisContainer.class)
@EnabledIfDockerAvailable
class RedisContainerShopTests {

    @LocalServerPort
    private int port;

    @Test
    void sellsEachTicketOnceAndKeepsLocksInRedis() throws Exception {
        LoadScript.Outcome outcome = LoadScript.run(port);

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("{200=200, 409=300}", "loaded 1x", "200 tickets in the books, 0 left");
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/health"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(health, HttpResponse.BodyHandlers.ofString())
                        .body())
                .contains("\"store\":\"redis\"");
    }
}
