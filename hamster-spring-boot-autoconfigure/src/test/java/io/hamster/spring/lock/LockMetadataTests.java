package io.hamster.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

/** What an IDE shows. */
class LockMetadataTests {

    @Test
    void everyPropertyIsDescribedAndHasItsDefault() throws IOException {
        Map<String, Map<String, Object>> properties = properties();

        assertThat(properties)
                .containsOnlyKeys(
                        "hamster.lock.enabled",
                        "hamster.lock.store",
                        "hamster.lock.lease",
                        "hamster.lock.timeout",
                        "hamster.lock.retry.strategy",
                        "hamster.lock.retry.count",
                        "hamster.lock.retry.base",
                        "hamster.lock.retry.cap",
                        "hamster.lock.retry.jitter",
                        "hamster.lock.command-timeout",
                        "hamster.lock.drift-margin",
                        "hamster.lock.long-hold-warning",
                        "hamster.lock.node",
                        "hamster.lock.redis.wait-replicas",
                        "hamster.lock.redis.wait-timeout",
                        "hamster.lock.redis.cool-down",
                        "hamster.lock.aspect-order",
                        "hamster.lock.endpoint.show-keys",
                        "hamster.lock.integration.enabled",
                        "hamster.lock.integration.prefix",
                        "hamster.lock.shedlock.enabled",
                        "hamster.lock.shedlock.prefix");
        properties.forEach((name, property) -> {
            assertThat(property.get("description")).as(name).asString().endsWith(".");
            if (!name.equals("hamster.lock.node")) {
                assertThat(property).as(name).containsKey("defaultValue");
            }
        });
        assertThat(properties.get("hamster.lock.store")).containsEntry("defaultValue", "memory");
        assertThat(properties.get("hamster.lock.aspect-order"))
                .extractingByKey("defaultValue")
                .hasToString(String.valueOf(HamsterLockProperties.DEFAULT_ASPECT_ORDER));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> properties() throws IOException {
        Map<String, Map<String, Object>> found = new HashMap<>();
        List<URL> files = Collections.list(
                LockMetadataTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"));
        for (URL file : files) {
            try (InputStream in = file.openStream()) {
                Map<String, Object> metadata = JsonParserFactory.getJsonParser()
                        .parseMap(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                for (Map<String, Object> property : (List<Map<String, Object>>) metadata.get("properties")) {
                    String name = (String) property.get("name");
                    if (name.startsWith("hamster.lock.")) {
                        found.put(name, property);
                    }
                }
            }
        }
        return found;
    }
}
