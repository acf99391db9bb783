package io.hamster.sample.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two instances with a database each, so that one can see where a hold went. */
class HoldTests {

    private static final AtomicReference<Instant> now = new AtomicReference<>();

    @TempDir
    static Path data;

    private static final Logger LOG = LoggerFactory.getLogger(HoldTests.class);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ConfigurableApplicationContext> instances = new ArrayList<>();
    private final int[] ports = new int[2];

    /** Anywhere in the range, as the shop takes it only seconds later, and another run may look for one meanwhile. */
    private static int freePort(int from, int to) {
        for (int attempt = 0; attempt < to - from; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(from, to);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                LOG.debug("Port {} is taken", port, e);
            }
        }
        throw new IllegalStateException("No free port found from " + from + " to " + (to - 1));
    }

    @BeforeEach
    void start() throws Exception {
        now.set(Instant.now());
        // Below the ephemeral range, so that no outgoing connection takes one before the shop does.
        ports[0] = freePort(20_000, 25_000);
        ports[1] = freePort(25_000, 30_000);
        for (int i = 0; i < 2; i++) {
            instances.add(new SpringApplication(ShopApplication.class, SettableClock.class)
                    .run(
                            "--shop.instance=shop-" + i,
                            "--shop.data=" + data.resolve(System.nanoTime() + "-" + i),
                            "--shop.hold-check=1d",
                            "--server.port=" + ports[i],
                            "--server.address=127.0.0.1",
                            "--management.endpoint.hamsterring.access=" + (i == 0 ? "read-only" : "unrestricted"),
                            "--hamster.hash.peers[0].id=shop-0",
                            "--hamster.hash.peers[0].address=127.0.0.1:" + ports[0],
                            "--hamster.hash.peers[1].id=shop-1",
                            "--hamster.hash.peers[1].address=127.0.0.1:" + ports[1]));
            for (int event = 1; event <= 20; event++) {
                instances.get(i).getBean(EventRepository.class).addEvent("Event " + event, 2);
            }
        }
    }

    @AfterEach
    void close() {
        instances.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void landsAtTheOwnerWhicheverInstanceIsAsked() throws Exception {
        long event = eventOf(1);

        HttpResponse<String> held = post(0, "/events/" + event + "/holds", "{\"customer\":\"ann\"}");
        JsonNode hold = json(held);

        assertThat(held.statusCode()).as(held.body()).isEqualTo(200);
        assertThat(held.headers().firstValue("X-Owner")).contains("shop-1");
        assertThat(stock(1, event)).isEqualTo(1);
        assertThat(stock(0, event)).isEqualTo(2);
        assertThat(json(send(request(0, "/events/" + event + "/holds")))).hasSize(1);

        HttpResponse<String> sold =
                post(0, "/events/" + event + "/holds/" + hold.path("id").asLong() + "/order", "");

        assertThat(sold.statusCode()).as(sold.body()).isEqualTo(200);
        assertThat(json(sold).path("customer").asString()).isEqualTo("ann");
        assertThat(instances.get(1).getBean(Sales.class).sales()).isEqualTo(1);
        assertThat(instances.get(0).getBean(Sales.class).sales()).isZero();
        assertThat(stock(1, event)).isEqualTo(1);
    }

    @Test
    void countsHoldsAgainstTheStockUntilTheyEnd() throws Exception {
        long event = eventOf(0);
        String holds = "/events/" + event + "/holds";
        String order = "{\"eventId\":" + event + ",\"customer\":\"bob\"}";
        HttpResponse<String> first = post(0, holds, "{\"customer\":\"ann\"}");
        assertThat(first.headers().firstValue("X-Owner")).contains("shop-0");
        assertThat(post(0, "/orders", order).statusCode()).isEqualTo(200);
        assertThat(post(0, "/orders", order).body()).contains("urn:shop:sold-out");
        assertThat(post(1, holds, "{\"customer\":\"cid\"}").body()).contains("urn:shop:sold-out");

        now.updateAndGet(time -> time.plus(Duration.ofMinutes(5)));

        assertThat(post(1, holds, "{\"customer\":\"cid\"}").statusCode()).isEqualTo(200);
        HttpResponse<String> late = post(1, holds + "/" + json(first).path("id").asLong() + "/order", "");
        assertThat(late.statusCode()).isEqualTo(404);
        assertThat(late.body()).contains("urn:shop:no-such-hold");
        assertThat(stock(0, event)).isZero();
    }

    @Test
    void neverOversellsBetweenHoldsAndOrders() throws Exception {
        long event = eventOf(0);
        String order = "{\"eventId\":" + event + ",\"customer\":\"bob\"}";
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            HttpRequest.Builder request = i % 2 == 0
                    ? request(i / 2 % 2, "/events/" + event + "/holds").POST(json("{\"customer\":\"ann\"}"))
                    : request(0, "/orders").POST(json(order));
            answers.add(http.sendAsync(
                    request.header("Content-Type", "application/json").build(), HttpResponse.BodyHandlers.ofString()));
        }

        assertThat(answers.stream().map(CompletableFuture::join).map(HttpResponse::statusCode))
                .containsOnly(200, 409)
                .filteredOn(status -> status == 200)
                .hasSize(2);
        assertThat(stock(0, event)).isZero();
    }

    @Test
    void givesTicketsBackThoughNobodyAsks() throws Exception {
        long event = eventOf(0);
        post(0, "/events/" + event + "/holds", "{\"customer\":\"ann\"}");
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(5)));

        instances.get(0).getBean(HoldExpiry.class).giveBack();

        assertThat(stock(0, event)).isEqualTo(2);
    }

    @Test
    void answersWhatWasForwardedThoughItsRingSaysOtherwise() throws Exception {
        long event = eventOf(1);
        HttpResponse<String> response =
                send(request(0, "/events/" + event + "/holds").header("X-Forwarded-To-Owner", "shop-0"));

        assertThat(response.headers().firstValue("X-Owner")).contains("shop-0");
    }

    @Test
    void refusesWhatWasForwardedToAnotherInstance() throws Exception {
        long event = eventOf(0);
        HttpResponse<String> response =
                send(request(0, "/events/" + event + "/holds").header("X-Forwarded-To-Owner", "shop-1"));

        assertThat(response.statusCode()).isEqualTo(421);
        assertThat(response.body()).contains("urn:shop:not-the-owner", "shop-0").doesNotContain("shop-1");
    }

    @Test
    void refusesCustomersWithoutANameOrWithTooLongAOne() throws Exception {
        for (int event : List.of(1, 2, 3, 4)) {
            String holds = "/events/" + event + "/holds";
            assertThat(post(0, holds, "{}").statusCode()).isEqualTo(400);
            assertThat(post(0, holds, "{\"customer\":\" \"}").statusCode()).isEqualTo(400);
        }
        String tooLong = "x".repeat(201);
        assertThat(post(0, "/events/1/holds", "{\"customer\":\"" + tooLong + "\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post(0, "/orders", "{\"eventId\":1}").statusCode()).isEqualTo(400);
    }

    @Test
    void saysThatTheOwnerCannotBeReached() throws Exception {
        long event = eventOf(1);
        instances.get(1).close();

        HttpResponse<String> response = post(0, "/events/" + event + "/holds", "{\"customer\":\"ann\"}");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("urn:shop:owner-unreachable", "shop-1");
    }

    @Test
    void showsTheRingAndTheOwnerOfAKey() throws Exception {
        JsonNode ring = json(send(request(0, "/actuator/hamsterring")));
        assertThat(ring.path("profile").asString()).isEqualTo("hamster");
        assertThat(ring.path("peers")).hasSize(2);

        JsonNode place = json(send(request(0, "/actuator/hamsterring?key=event-" + eventOf(1))));
        assertThat(place.path("owner").path("id").asString()).isEqualTo("shop-1");
        assertThat(place.path("alternatives").get(0).path("id").asString()).isEqualTo("shop-0");

        HttpResponse<String> refused = send(request(0, "/actuator/hamsterring?key="));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Hash key is empty");
    }

    @Test
    void declaresPeersDeadWhereThatIsAllowed() throws Exception {
        long event = eventOf(0);
        String dead = "{\"peer\":\"shop-0\",\"alive\":false}";

        assertThat(post(1, "/actuator/hamsterring", dead).statusCode()).isEqualTo(204);

        JsonNode place = json(send(request(1, "/actuator/hamsterring?key=event-" + event)));
        assertThat(place.path("owner").path("alive").asBoolean(true)).isFalse();
        assertThat(place.path("servedBy").asString()).isEqualTo("shop-1");
        String unknown = "{\"peer\":\"shop-9\",\"alive\":false}";
        assertThat(post(1, "/actuator/hamsterring", unknown).statusCode()).isEqualTo(404);
        assertThat(post(1, "/actuator/hamsterring", "{\"peer\":\"shop-0\"}").statusCode())
                .isEqualTo(400);
        assertThat(post(1, "/actuator/hamsterring", "{\"peer\":\"shop-0\",\"alive\":\"maybe\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post(0, "/actuator/hamsterring", dead).statusCode()).isEqualTo(405);
    }

    private long eventOf(int instance) {
        EventOwner owner = instances.get(1 - instance).getBean(EventOwner.class);
        for (long event = 1; event <= 20; event++) {
            if (owner.other(event, Optional.empty()).isPresent()) {
                return event;
            }
        }
        throw new AssertionError("No event belongs to shop-" + instance);
    }

    private int stock(int instance, long event) {
        return instances
                .get(instance)
                .getBean(EventRepository.class)
                .findEvent(event)
                .orElseThrow()
                .stock();
    }

    private HttpResponse<String> post(int instance, String path, String json) throws Exception {
        return send(request(instance, path)
                .header("Content-Type", "application/json")
                .POST(json(json)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(int instance, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports[instance] + path));
    }

    private static HttpRequest.BodyPublisher json(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return new JsonMapper().readTree(response.body());
    }

    static class SettableClock {

        @Bean
        @Primary
        Clock settableClock() {
            InstantSource source = now::get;
            return source.withZone(ZoneOffset.UTC);
        }
    }
}
