package io.hamster.sample.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Cluster;
import io.hamster.spring.test.HamsterTest;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;

/** {@code @HamsterTest}: the shop as it is configured for several instances and a Redis, with neither, and time that stands. */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@ActiveProfiles({"redis", "container"})
@HamsterTest
class InMemoryShopTests {

    @Autowired
    private ManualTime time;

    @Autowired
    private Cluster cluster;

    @Autowired
    private EventRepository events;

    @Autowired
    private Catalogue catalogue;

    @Autowired
    private OrderDesk desk;

    @Autowired
    private Views views;

    @Autowired
    private ViewBooks books;

    @Test
    void showsAnEventAsOldAsTheCacheAllows() {
        long id = events.addEvent("Concert", 5);
        assertThat(catalogue.find(id).stock()).isEqualTo(5);
        events.setStock(id, 4);
        time.advance(Duration.ofMinutes(9));
        assertThat(catalogue.find(id).stock()).isEqualTo(5);
        time.advance(Duration.ofMinutes(1));

        assertThat(catalogue.find(id).stock()).isEqualTo(4);
    }

    @Test
    void writesViewsOnceTheirTimeHasCome() {
        long id = events.addEvent("Seen", 1);
        views.seen(id);
        assertThat(books.count(id)).isZero();
        time.advance(Duration.ofSeconds(5));

        await().untilAsserted(() -> assertThat(books.count(id)).isOne());
    }

    @Test
    void sellsUnderTheLockOfThisJvm() {
        long id = events.addEvent("Play", 1);

        assertThat(desk.place(new OrderRequest(id, "ann")).eventId()).isEqualTo(id);
        assertThat(cluster.isLeader()).isTrue();
    }
}
