package io.hamster.sample.shop;

import io.hamster.cluster.CallResult;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.RemoteCall;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The shop's HTTP surface. */
@RestController
class ShopController {

    private final EventRepository repository;
    private final Catalogue catalogue;
    private final Views views;
    private final ViewBooks viewBooks;
    private final OrderDesk desk;
    private final Report report;
    private final Cluster cluster;

    ShopController(
            EventRepository repository,
            Catalogue catalogue,
            Views views,
            ViewBooks viewBooks,
            OrderDesk desk,
            Report report,
            Cluster cluster) {
        this.repository = repository;
        this.catalogue = catalogue;
        this.views = views;
        this.viewBooks = viewBooks;
        this.desk = desk;
        this.report = report;
        this.cluster = cluster;
    }

    @PostMapping("/events")
    ResponseEntity<Event> addEvent(@RequestBody NewEvent event) {
        long id = repository.addEvent(event.title(), event.stock());
        return ResponseEntity.created(URI.create("/events/" + id)).body(new Event(id, event.title(), event.stock()));
    }

    @GetMapping("/events/{id}")
    Event event(@PathVariable long id) {
        Event event = catalogue.find(id);
        views.seen(id);
        return event;
    }

    /** What the books say: the latest views aren't in there yet. */
    @GetMapping("/events/{id}/views")
    Map<String, Long> views(@PathVariable long id) {
        return Map.of("views", viewBooks.count(id));
    }

    @GetMapping("/events/{id}/orders")
    Map<String, Integer> orders(@PathVariable long id) {
        return Map.of("sold", repository.countOrders(id));
    }

    @PostMapping("/orders")
    Order order(@RequestBody OrderRequest request) {
        return desk.place(request);
    }

    @GetMapping("/report")
    Report.Line report() {
        return report.latest();
    }

    /** Asks every instance what it sold; one that doesn't answer in time is reported as such. */
    @GetMapping("/sales")
    Map<String, Object> sales() {
        Map<String, Object> byNode = new TreeMap<>();
        cluster.broadcast(RemoteCall.function("sales").returning(Integer.class).build())
                .join()
                .forEach((node, result) -> byNode.put(node, sold(result)));
        return byNode;
    }

    private static Object sold(CallResult<Integer> result) {
        return result.value()
                .<Object>map(count -> count)
                .orElseGet(() -> result.error().map(Throwable::getMessage).orElse("no answer"));
    }

    record NewEvent(String title, int stock) {

        private static final int LONGEST_TITLE = 200;

        NewEvent {
            if (title == null || title.isBlank() || title.length() > LONGEST_TITLE || stock < 0) {
                throw new IllegalArgumentException(
                        "title must be 1 to " + LONGEST_TITLE + " characters and stock 0 or more");
            }
        }
    }
}
