package io.hamster.sample.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The load script must be able to fail: without the lock it has to find that too much was sold. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("unlocked")
class UnlockedShopTests {

    @TempDir
    static Path data;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void keepTheDatabaseInATemporaryDirectory(DynamicPropertyRegistry properties) {
        properties.add("shop.data", data::toString);
    }

    @Test
    void oversells() throws Exception {
        LoadScript.Outcome outcome = LoadScript.run(port);

        assertThat(outcome.exitCode()).as(outcome.output()).isOne();
        assertThat(outcome.output()).contains("FAULT: tickets in the books: expected 200, saw ");
    }
}
