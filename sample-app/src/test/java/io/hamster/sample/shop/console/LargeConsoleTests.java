package io.hamster.sample.shop.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** More than fits on a page: what the page holds stays bounded. */
@ExtendWith(InstalledBrowser.class)
class LargeConsoleTests {

    private static final int LOCKS = 10_000;
    private static final int PEERS = 1_000;
    private static final long MOST_NODES = 8_000;

    @TempDir
    Path data;

    private static long nodes(Browser browser) {
        return (Long) browser.script("return document.getElementsByTagName('*').length");
    }

    @Test
    void showsTheFirstOfManyLocksAndPeers() {
        try (Shop shop = Shop.start(data, List.of());
                Browser browser = Browser.start(data.resolve("profile"))) {
            LockClient locks = shop.bean(LockClient.class);
            IntStream.range(0, LOCKS).forEach(i -> locks.lock(LockRequest.of("customer:" + i)));
            PeerPicker picker = shop.bean(PeerPicker.class);
            picker.addPeers(IntStream.range(0, PEERS)
                    .mapToObj(i -> new Peer("peer-" + i, "10.0.0.1:" + (i + 1)))
                    .toList());
            picker.updatePeerStatus("peer-999", false);

            browser.open(shop.url("/hamster#locks"));
            browser.awaitText("#panel-locks .summary", "Any 200 of more held locks");
            assertThat(browser.texts("#panel-locks tbody tr")).hasSize(200);
            browser.tab("ring");
            browser.awaitText("#panel-ring", "The first 200 of 1,001 peers, dead ones first.");
            assertThat(browser.texts("#panel-ring tbody .name")).hasSize(200).startsWith("peer-999");
            browser.type("#ring-key", "customer:1", Keys.ENTER);
            browser.awaitText("#ring-owner", picker.pickPeer("customer:1").id());
            browser.tab("overview");
            browser.awaitText(".tile-locks .lead", "More than 200 held");
            browser.awaitText(".tile-ring .ring-title", "1,001 peers");

            assertThat(nodes(browser)).isLessThan(MOST_NODES);
            assertThat(browser.complaints()).isEmpty();
            browser.screenshot("large");
        }
    }
}
