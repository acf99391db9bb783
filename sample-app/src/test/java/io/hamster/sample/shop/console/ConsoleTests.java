package io.hamster.sample.shop.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.WriteBackEntry;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.cluster.Cluster;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** The console in a browser, over a shop that sells. */
@ExtendWith(InstalledBrowser.class)
class ConsoleTests {

    private static final String HOSTILE = "<img src=x onerror=alert(1)>;../\\%2e?#";
    private static final int EVENTS = 12;
    private static final Pattern AGE = Pattern.compile("answered (\\d+) s ago");

    @TempDir
    static Path data;

    private static Shop shop;
    private static Browser browser;
    private static ScheduledExecutorService visitors;
    private static LockClient locks;
    private static List<LockHandle> held;
    private static CompletableFuture<LockHandle> waiting;

    @BeforeAll
    static void openTheShop() throws Exception {
        shop = Shop.start(
                data,
                List.of(Ledger.class),
                "--hamster.lock.endpoint.show-keys=true",
                "--hamster.cache.caches.customers.write-back.max-retries=0",
                "--management.endpoints.access.default=unrestricted",
                "--hamster.hash.peers[0].id=shop-1",
                "--hamster.hash.peers[0].address=10.0.0.1:8080",
                "--hamster.hash.peers[1].id=shop-2",
                "--hamster.hash.peers[1].address=10.0.0.2:8080",
                "--hamster.hash.peers[2].id=shop-3",
                "--hamster.hash.peers[2].address=10.0.0.3:8080",
                "--hamster.hash.peers[2].weight=150",
                "--hamster.hash.peers[3].id=shop-4",
                "--hamster.hash.peers[3].address=10.0.0.4:8080",
                "--hamster.hash.peers[4].id=shop-5",
                "--hamster.hash.peers[4].address=10.0.0.5:8080",
                "--hamster.hash.peers[4].weight=60");
        locks = shop.bean(LockClient.class);
        held = List.of("order:4711", "stock:event-7", "report:daily", "customer:ann").stream()
                .map(key -> locks.lockAsync(
                                LockRequest.builder(key).autoRefresh(true).build())
                        .join())
                .toList();
        waiting = locks.lockAsync(LockRequest.builder("order:4711")
                .timeout(Duration.ofMinutes(10))
                .retry(RetryStrategy.fixed(10_000, Duration.ofMillis(50)))
                .build());
        for (int event = 1; event <= EVENTS; event++) {
            shop.post("/events", "{\"title\":\"Event " + event + "\",\"stock\":100000}");
        }
        visitors = Executors.newScheduledThreadPool(2);
        for (int i = 0; i < 2; i++) {
            visitors.scheduleWithFixedDelay(ConsoleTests::visit, 0, 25, TimeUnit.MILLISECONDS);
        }
        browser = Browser.start(data.resolve("profile"));
    }

    private static void visit() {
        try {
            int event = ThreadLocalRandom.current().nextInt(EVENTS) + 1;
            shop.get("/events/" + event);
            shop.bean(PeerPicker.class).pickPeer("event-" + event);
            if (ThreadLocalRandom.current().nextInt(12) == 0) {
                shop.post("/orders", "{\"eventId\":" + event + ",\"customer\":\"ann\"}");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
        if (visitors != null) {
            visitors.shutdownNow();
        }
        if (shop != null) {
            waiting.cancel(false);
            shop.close();
        }
    }

    @BeforeEach
    void open() {
        browser.open(shop.url("/hamster"));
        browser.awaitText("#freshness", "Live · answered");
    }

    @AfterEach
    void nothingToComplainOf() {
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void showsEachConcernAtAGlance() {
        browser.awaitText(".tile-ring .ring-title", "5 peers");
        browser.awaitText(".tile-locks .lead", "this JVM only");
        browser.awaitText(".tile-locks", "order:4711");
        browser.awaitText(".tile-caches", "events");
        browser.awaitText(".tile-cluster .lead", shop.bean(Cluster.class).self().name() + " leads");
        assertThat(browser.text("h1")).isEqualTo("Hamster shop");

        browser.click(".tile-locks button");
        assertThat(browser.isShown("#panel-locks")).isTrue();
    }

    @Test
    void showsWhatIsHeldAndTakesItAway() {
        browser.tab("locks");
        LockHandle order = held.get(0);
        String row = "#panel-locks tbody tr:has([aria-label='Force release: order:4711'])";

        browser.find(row);
        List<String> cells = browser.texts(row + " > *");
        assertThat(cells.get(0)).isEqualTo("order:4711");
        assertThat(cells.get(1))
                .isEqualTo(locks.admin().find("order:4711").orElseThrow().owner());
        assertThat(cells.get(4)).as("waiters").isEqualTo("1");
        assertThat(cells.get(5)).isEqualTo(String.valueOf(order.fence()));

        LockHandle doomed = locks.lock(LockRequest.of("doomed" + HOSTILE));
        String button = "#panel-locks tbody button[aria-label^='Force release: doomed']";
        browser.click(button);
        browser.confirm("Take doomed" + HOSTILE);

        browser.awaitText("#announcement", "was taken from");
        assertThat(doomed.isValid()).isFalse();
        assertThat(order.isValid()).isTrue();
        await().until(() -> !browser.isShown(button));
    }

    @Test
    void findsWhoHoldsALock() {
        browser.tab("locks");
        LockHandle hostile = locks.lock(LockRequest.of(HOSTILE));
        browser.awaitText("#panel-locks tbody", HOSTILE);
        browser.type("#lock-key", HOSTILE, Keys.ENTER);
        browser.awaitText(
                "#panel-locks .answer",
                "Held by " + locks.admin().find(HOSTILE).orElseThrow().owner());
        hostile.unlock();

        browser.find("#lock-key").clear();
        browser.type("#lock-key", "free", Keys.ENTER);
        browser.awaitText("#panel-locks .answer", "Nobody holds it.");
    }

    @Test
    void showsWhatCachesDoAndClearsThem() throws Exception {
        browser.tab("caches");
        String card = "#panel-caches article[aria-label='Cache events']";
        await().until(() ->
                browser.find(card + " .spark").getDomAttribute("aria-label").contains("between"));

        JsonNode before = shop.get("/actuator/hamstercaches/events").path("stats");
        await().untilAsserted(() -> assertThat(figure(card, "hits"))
                .isGreaterThanOrEqualTo(before.path("hits").asLong()));
        assertThat(figure(card, "hits"))
                .isLessThanOrEqualTo(
                        shop.bean(CacheClient.class).cache("events").stats().hits());

        long deletes = shop.bean(CacheClient.class).cache("events").stats().deletes();
        browser.click(card + " button[aria-label='Clear: events']");
        browser.confirm("Clear events?");
        browser.awaitText("#announcement", "events was cleared");
        assertThat(shop.bean(CacheClient.class).cache("events").stats().deletes())
                .isGreaterThan(deletes);

        shop.get("/events/1/views");
        browser.click("#panel-caches article[aria-label='Cache views'] button[aria-label='Flush: views']");
        browser.confirm("Flush views?");
        browser.awaitText("#announcement", "views: flushed");
    }

    @Test
    void showsDeadLettersAndGivesThemUp() {
        HamsterCache<String, String> customers = shop.bean(CacheClient.class).cache("customers");
        customers.put("somebody@example.org", "secret");
        assertThatExceptionOfType(FlushException.class).isThrownBy(customers::flush);
        browser.tab("caches");
        browser.awaitText("#panel-caches article[aria-label='Cache customers'] .write-back", "1 dead letter,");

        browser.click("button[aria-label='Dead letters: customers']");
        browser.awaitText("#panel-caches .letters", "java.lang.IllegalStateException");
        assertThat(browser.text("#panel-caches")).doesNotContain("secret", "somebody@example.org");
        browser.click("#panel-caches .letters button[aria-label^='Discard:']");
        browser.confirm("Discard the write of somebody…");

        browser.awaitText("#panel-caches .letters", "There are none any more.");
        assertThat(customers.writeBack().orElseThrow().deadLetters()).isEmpty();
    }

    /** Books that take nothing. */
    @ForCache("customers")
    static class Ledger implements WriteBackWriter<String, String> {

        @Override
        public Map<WriteBackEntry<String, String>, Exception> write(List<WriteBackEntry<String, String>> batch) {
            return batch.stream()
                    .collect(
                            Collectors.toMap(entry -> entry, entry -> new IllegalStateException("The ledger is full")));
        }
    }

    private static long figure(String within, String label) {
        List<String> labels = browser.texts(within + " .figure dt");
        return Long.parseLong(
                browser.texts(within + " .figure dd").get(labels.indexOf(label)).replace(",", ""));
    }

    @Test
    void lightsTheOwnerOfAKey() {
        PeerPicker picker = shop.bean(PeerPicker.class);
        browser.tab("ring");
        for (String key : List.of("customer:4711", HOSTILE)) {
            browser.find("#ring-key").clear();
            browser.type("#ring-key", key, Keys.ENTER);

            List<String> owners = picker.currentRing().orElseThrow().owners(key, 6).stream()
                    .map(Peer::id)
                    .toList();
            browser.awaitText("#ring-owner", picker.pickPeer(key).id());
            browser.awaitText("#ring-alternatives", String.join(", ", owners.subList(1, owners.size())));
            browser.awaitText("#panel-ring .ring-title", owners.get(0));
            browser.awaitText("#panel-ring tr.lit .name", owners.get(0));
        }
        assertThat(browser.texts("#panel-ring tbody .name"))
                .containsExactlyElementsOf(picker.peers().stream().map(Peer::id).toList());
        browser.screenshot("ring-light");
    }

    @Test
    void declaresAPeerDeadAndAliveAgain() {
        PeerPicker picker = shop.bean(PeerPicker.class);
        browser.tab("ring");
        browser.click("button[aria-label='Declare dead: shop-4']");
        browser.confirm("Declare shop-4 dead?");
        browser.awaitText("#announcement", "shop-4 is declared dead");
        assertThat(picker.alivePeerCount()).isEqualTo(4);
        browser.awaitText("#panel-ring .ring-detail", "4 alive");

        browser.click("button[aria-label='Declare alive: shop-4']");
        browser.confirm("Declare shop-4 alive?");
        browser.awaitText("#panel-ring .ring-detail", "all alive");
        assertThat(picker.alivePeerCount()).isEqualTo(5);
    }

    @Test
    void hasTheLeaderResign() throws Exception {
        browser.tab("cluster");
        browser.click("#panel-cluster .buttons button");
        browser.confirm("resign?");

        browser.awaitText("#announcement", "handed leadership over");
        browser.awaitText("#panel-cluster .events", "This node no longer leads: resigned");
        browser.awaitText(
                "#panel-cluster .figures",
                shop.get("/actuator/hamstercluster").path("term").asString());
    }

    @Test
    void cancelsByKeyboardAndReturnsTheFocus() {
        browser.tab("locks");
        String button = "button[aria-label='Force release: stock:event-7']";
        browser.find(button).sendKeys(Keys.ENTER);
        assertThat(browser.text("#dialog-title")).contains("stock:event-7");
        assertThat(browser.focused().getText()).isEqualTo("Cancel");

        browser.focused().sendKeys(Keys.ESCAPE);

        await().until(() -> !browser.isShown("#dialog"));
        assertThat(browser.focused()).isEqualTo(browser.find(button));
        assertThat(held.get(1).isValid()).isTrue();
    }

    @Test
    void walksTheTabsByArrowKeys() {
        browser.find("#tab-overview").sendKeys(Keys.ARROW_LEFT);
        assertThat(browser.isShown("#panel-cluster")).isTrue();
        assertThat(browser.focused().getText()).isEqualTo("Cluster");
        browser.focused().sendKeys(Keys.HOME, Keys.ARROW_RIGHT);
        assertThat(browser.isShown("#panel-overview")).isFalse();
    }

    @Test
    void keepsTheFocusWhileRowsChangeAroundIt() {
        browser.tab("locks");
        String button = "button[aria-label='Force release: order:4711']";
        browser.script("arguments[0].focus()", browser.find(button));

        LockHandle another = locks.lock(LockRequest.of("another"));
        browser.find("button[aria-label='Force release: another']");
        assertThat(browser.focused()).isEqualTo(browser.find(button));
        another.unlock();
        await().until(() -> !browser.isShown("button[aria-label='Force release: another']"));
        assertThat(browser.focused()).isEqualTo(browser.find(button));
    }

    @Test
    void asksOnlyWhenToldToWhilePaused() {
        browser.tab("locks");
        browser.find("button[aria-label='Force release: order:4711']");
        browser.click("#pause");
        browser.awaitText("#freshness", "Paused");
        // What was under way may still come.
        awaitAge(2);
        LockHandle unseen = locks.lock(LockRequest.of("unseen"));
        awaitAge(5);
        assertThat(browser.texts("#panel-locks tbody th")).doesNotContain("unseen");

        browser.click("#refresh");
        await().untilAsserted(
                        () -> assertThat(browser.texts("#panel-locks tbody th")).contains("unseen"));
        unseen.unlock();
    }

    /** Until the last answer is that many seconds old, or older. */
    private static void awaitAge(int seconds) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            Matcher age = AGE.matcher(browser.text("#freshness"));
            return age.find() && Integer.parseInt(age.group(1)) >= seconds;
        });
    }

    @Test
    void asksNothingWhileNobodyLooks() {
        browser.script("Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
                + "document.dispatchEvent(new Event('visibilitychange'));");
        Object hidden = browser.script("return document.hidden");
        browser.script("window.ticks = 0; setInterval(() => window.ticks++, 500)");
        // What was under way may still come.
        awaitTicks(5);
        LockHandle unseen = locks.lock(LockRequest.of("unseen"));
        // Longer than an interval.
        awaitTicks(10);

        assertThat(hidden).isEqualTo(true);
        assertThat(browser.text(".tile-locks")).doesNotContain("unseen");

        browser.script("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'));");
        browser.awaitText(".tile-locks", "unseen");
        unseen.unlock();
    }

    private static void awaitTicks(long count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> (Long) browser.script("return window.ticks") >= count);
    }

    @Test
    void followsTheSystemUntilSomebodyChooses() {
        browser.prefer("dark");
        String dark = background();
        browser.prefer("light");
        String light = background();
        assertThat(dark).isNotEqualTo(light);

        browser.click("#theme");
        browser.click("#theme");
        assertThat(browser.text("#theme")).isEqualTo("Theme: dark");
        assertThat(background()).isEqualTo(dark);
        browser.click("#theme");
        assertThat(background()).isEqualTo(light);
    }

    private static String background() {
        return (String) browser.script("return getComputedStyle(document.body).backgroundColor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void keepsNobodyOut(String scheme) {
        browser.prefer(scheme);
        for (String panel : List.of("overview", "ring", "locks", "caches", "cluster")) {
            browser.tab(panel);
            await().until(() -> !browser.isShown("#panel-" + panel + " .notice.loading"));
            assertThat(browser.barriers()).as(panel).isEmpty();
            if (!panel.equals("overview")) {
                browser.screenshot(panel + "-" + scheme);
            }
        }
        browser.tab("overview");
        await().until(() -> browser.find(".tile-caches .spark")
                .getDomAttribute("aria-label")
                .contains("between"));
        browser.screenshot("console-" + scheme);
        browser.prefer("light");
    }

    @Test
    void fitsOnAPhone() {
        browser.size(360, 740);
        try {
            for (String panel : List.of("overview", "ring", "locks", "caches", "cluster")) {
                browser.tab(panel);
                assertThat((Boolean) browser.script(
                                "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                        .as(panel)
                        .isTrue();
                assertThat((List<?>) browser.script("""
                                const width = document.documentElement.clientWidth;
                                return [...document.querySelectorAll("body *")]
                                  .filter(each => !each.closest(".scroll table, .tabs, .unseen, .skip"))
                                  .filter(each => each.getBoundingClientRect().right > width + 1)
                                  .map(each => each.outerHTML.slice(0, 120));
                                """)).as(panel).isEmpty();
                browser.screenshot("phone-" + panel);
            }
        } finally {
            browser.size(1280, 900);
        }
    }
}
