import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the running shop under load and checks the outcome: {@code java sample-app/load/BuyTickets.java [url]}.
 *
 * <p>64 clients look at a new event at once, which must ask the database once; then they order 500 tickets of 200 in
 * stock, of which exactly 200 must be sold and 300 refused with 409. Exits with 1 if anything else happens.
 */
public class BuyTickets {

    private static final int CLIENTS = 64;
    private static final int ORDERS = 500;
    private static final int STOCK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private final List<String> faults = new ArrayList<>();

    private BuyTickets(String url) {
        this.url = url;
    }

    public static void main(String[] args) throws Exception {
        new BuyTickets(args.length > 0 ? args[0] : "http://localhost:8080").run();
    }

    private void run() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            long event = number("id", post("/events", "{\"title\":\"Opening night\",\"stock\":" + STOCK + "}").body());
            look(clients, event);
            buy(clients, event);
        } finally {
            clients.shutdownNow();
        }
        show("/actuator/health");
        faults.forEach(fault -> System.out.println("FAULT: " + fault));
        System.out.println(faults.isEmpty() ? "All as it should be." : faults.size() + " faults.");
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    private void look(ExecutorService clients, long event) throws Exception {
        double before = loads();
        Map<Integer, Integer> answers = atOnce(clients, CLIENTS, () -> get("/events/" + event));
        long loaded = Math.round(loads() - before);
        System.out.println(CLIENTS + " clients looked at event " + event + ": " + answers + ", loaded " + loaded + "x");
        expect("answers with 200", CLIENTS, answers.getOrDefault(200, 0));
        expect("loads of a cold event", 1, loaded);
    }

    private void buy(ExecutorService clients, long event) throws Exception {
        String order = "{\"eventId\":" + event + ",\"customer\":\"load\"}";
        long start = System.nanoTime();
        Map<Integer, Integer> answers = atOnce(clients, ORDERS, () -> post("/orders", order));
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        long sold = number("sold", get("/events/" + event + "/orders").body());
        long left = number("stock", get("/events/" + event).body());
        System.out.println(ORDERS + " orders from " + CLIENTS + " clients in " + millis + " ms: " + answers + "; "
                + sold + " tickets in the books, " + left + " left");
        expect("orders answered with 200", STOCK, answers.getOrDefault(200, 0));
        expect("orders refused with 409", ORDERS - STOCK, answers.getOrDefault(409, 0));
        expect("tickets in the books", STOCK, sold);
        expect("tickets left", 0, left);
    }

    private Map<Integer, Integer> atOnce(ExecutorService clients, int times, Callable<HttpResponse<String>> request)
            throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> statuses = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            statuses.add(clients.submit(() -> {
                start.await();
                return request.call().statusCode();
            }));
        }
        start.countDown();
        Map<Integer, Integer> counts = new TreeMap<>();
        for (Future<Integer> status : statuses) {
            counts.merge(status.get(), 1, Integer::sum);
        }
        return counts;
    }

    private double loads() throws Exception {
        Matcher matcher = Pattern.compile("\"value\":([0-9.E]+)")
                .matcher(get("/actuator/metrics/shop.event.loads").body());
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }

    private void show(String path) throws Exception {
        System.out.println(path + " " + get(path).body());
    }

    private void expect(String what, long expected, long seen) {
        if (seen != expected) {
            faults.add(what + ": expected " + expected + ", saw " + seen);
        }
    }

    private static long number(String field, String json) {
        Matcher matcher = Pattern.compile("\"" + field + "\":(-?[0-9]+)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("No " + field + " in " + json);
        }
        return Long.parseLong(matcher.group(1));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
