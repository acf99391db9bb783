package io.hamster.sample.shop.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the console says where it may show little, or nothing. */
@ExtendWith(InstalledBrowser.class)
class HiddenEndpointsTests {

    private static final Map<String, String> ENDPOINTS = Map.of(
            "ring", "hamsterring", "locks", "hamsterlocks", "caches", "hamstercaches", "cluster", "hamstercluster");

    @TempDir
    Path data;

    @Test
    void saysWhatToExpose() {
        try (Shop shop = Shop.start(data, List.of(), "--management.endpoints.web.exposure.include=health");
                Browser browser = Browser.start(data.resolve("profile"))) {
            browser.open(shop.url("/hamster"));
            ENDPOINTS.forEach((panel, endpoint) -> {
                browser.tab(panel);
                browser.awaitText(
                        "#panel-" + panel + " .notice", "management.endpoints.web.exposure.include=…," + endpoint);
            });
            browser.awaitText("#freshness", "Nothing to ask");
            browser.tab("overview");
            browser.screenshot("hidden");
            assertThat(browser.barriers()).isEmpty();
            assertThat(browser.complaints()).as("nothing is asked in vain").isEmpty();
        }
    }

    @Test
    void offersNoActionsWhereEndpointsAreReadOnlyAndSaysWhenTheServerIsGone() {
        try (Browser browser = Browser.start(data.resolve("profile"))) {
            Shop shop =
                    Shop.start(data, List.of(), "--management.server.base-path=/", "--server.servlet.context-path=/a");
            try (shop) {
                LockHandle held = shop.bean(LockClient.class).lock(LockRequest.of("customer:4711"));
                browser.open(shop.url("/a/hamster"));
                browser.tab("locks");
                browser.awaitText("#panel-locks tbody", "custom…");
                assertThat(held.isValid()).isTrue();
                for (Map.Entry<String, String> endpoint : ENDPOINTS.entrySet()) {
                    browser.tab(endpoint.getKey());
                    browser.awaitText(
                            "#panel-" + endpoint.getKey() + " .foot",
                            "management.endpoint." + endpoint.getValue() + ".access=unrestricted");
                    assertThat(browser.texts("#panel-" + endpoint.getKey() + " button:not([hidden])"))
                            .doesNotContain(
                                    "Force release", "Clear events", "Flush", "Resign leadership", "Declare dead");
                }
                assertThat(browser.complaints()).isEmpty();
                browser.tab("locks");
            }

            browser.awaitText("#panel-locks .notice", "The server can't be reached");
            browser.awaitText("#panel-locks .notice", "Last answer");
            browser.awaitText("#freshness", "Trouble");
            await().untilAsserted(() -> assertThat(browser.text("#panel-locks tbody"))
                    .as("what was last known stays")
                    .contains("custom…"));
            browser.screenshot("gone");
        }
    }
}
