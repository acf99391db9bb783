package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class DemoTests {

    @Value("${local.server.port}")
    private int port;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void sellsWhatIsThereAndNothingMore() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        List<Future<Integer>> orders = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            orders.add(clients.submit(() -> post("/orders/book").statusCode()));
        }
        int sold = 0;
        for (Future<Integer> order : orders) {
            sold += order.get() == 200 ? 1 : 0;
        }
        clients.shutdown();

        assertThat(sold).isEqualTo(10);
    }

    @Test
    void loadsOnce() throws Exception {
        String first = get("/items/lamp").body();

        assertThat(first).contains("\"lamp\"", "\"loadedAt\"");
        assertThat(get("/items/lamp").body()).isEqualTo(first);
    }

    @Test
    void showsHealthAndMeters() throws Exception {
        post("/orders/lamp");
        get("/items/book");

        assertThat(get("/actuator/health").body())
                .contains("\"hamster\"", "\"locks\"", "\"caches\"", "\"peers\"", "\"cluster\"");
        assertThat(get("/actuator/metrics/hamster.lock.acquire").body()).contains("\"COUNT\"");
        assertThat(get("/actuator/metrics/cache.gets").body()).contains("\"items\"");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return http.send(
                request(path).POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }
}
