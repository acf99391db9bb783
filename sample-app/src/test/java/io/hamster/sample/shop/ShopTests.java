package io.hamster.sample.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CacheClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ShopTests {

    @TempDir
    static Path data;

    @LocalServerPort
    private int port;

    @Autowired
    private CacheClient caches;

    private final HttpClient http = HttpClient.newHttpClient();

    @DynamicPropertySource
    static void keepTheDatabaseInATemporaryDirectory(DynamicPropertyRegistry properties) {
        properties.add("shop.data", data::toString);
    }

    @Test
    void sellsEachTicketOnceAndLoadsAColdEventOnce() throws Exception {
        LoadScript.Outcome outcome = LoadScript.run(port);

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("{200=200, 409=300}", "loaded 1x", "200 tickets in the books, 0 left");
        JsonNode acquired = get("/actuator/metrics/hamster.lock.acquire");
        assertThat(measurement(acquired, "COUNT")).isGreaterThanOrEqualTo(500);
        assertThat(measurement(get("/actuator/metrics/hamster.lock.hold"), "COUNT"))
                .isGreaterThanOrEqualTo(500);
        assertThat(measurement(get("/actuator/metrics/cache.gets?tag=cache:events&tag=result:miss"), "COUNT"))
                .isPositive();
        assertThat(measurement(get("/actuator/metrics/cache.gets?tag=cache:events&tag=result:hit"), "COUNT"))
                .isPositive();
        assertThat(measurement(get("/actuator/metrics/cache.puts?tag=cache:events"), "COUNT"))
                .isPositive();
    }

    @Test
    void showsTheHealthOfEachConcern() throws Exception {
        JsonNode hamster = get("/actuator/health").path("components").path("hamster");

        assertThat(hamster.path("status").asString()).isEqualTo("UP");
        assertThat(hamster.path("components").propertyNames())
                .containsExactlyInAnyOrder("locks", "caches", "peers", "cluster");
    }

    @Test
    void countsEachViewAndWritesTheCountsInBatches() throws Exception {
        HttpResponse<String> added = http.send(
                request("/events")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"title\":\"Seen\",\"stock\":1}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        String event = added.headers().firstValue("Location").orElseThrow();
        List<CompletableFuture<?>> views = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            views.add(http.sendAsync(request(event).build(), HttpResponse.BodyHandlers.ofString()));
        }
        views.forEach(CompletableFuture::join);

        caches.cache("views").flush();

        assertThat(get(event + "/views").path("views").asInt()).isEqualTo(50);
        assertThat(measurement(
                        get("/actuator/metrics/hamster.writeback.flush?tag=cache:views&tag=result:success"), "COUNT"))
                .as("one row for many views")
                .isBetween(1.0, 49.0);
    }

    @Test
    void reportsOnTheLeaderAndAsksEveryInstanceForItsSales() throws Exception {
        assertThat(get("/report").path("at").asString()).isGreaterThan("2026");
        JsonNode sales = get("/sales");

        assertThat(sales.propertyNames()).hasSize(1);
        assertThat(sales.iterator().next().isInt()).isTrue();
    }

    @Test
    void ownsEveryEventAsTheOnlyInstance() throws Exception {
        HttpResponse<String> response =
                http.send(request("/events/4711/holds").build(), HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("X-Owner")).contains("shop-1");
        assertThat(response.body()).isEqualTo("[]");
    }

    @Test
    void answersWithProblems() throws Exception {
        HttpResponse<String> response =
                http.send(request("/events/4711").build(), HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("urn:shop:no-such-event");
    }

    @Test
    void refusesEventsThatCannotBe() throws Exception {
        for (String body :
                new String[] {"{\"stock\":1}", "{\"title\":\" \",\"stock\":1}", "{\"title\":\"x\",\"stock\":-1}"}) {
            HttpRequest post = request("/events")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();

            assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
        return new JsonMapper().readTree(response.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    private static double measurement(JsonNode meter, String statistic) {
        for (JsonNode measurement : meter.path("measurements")) {
            if (measurement.path("statistic").asString().equals(statistic)) {
                return measurement.path("value").asDouble();
            }
        }
        throw new AssertionError("No " + statistic + " in " + meter);
    }
}
