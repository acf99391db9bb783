package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps {@code docs/configuration.md} in step with the metadata that IDEs read. To write it anew:
 * {@code ./mvnw -pl hamster-spring-boot-autoconfigure -am test -Dtest=ConfigurationReferenceTests
 * -Dsurefire.failIfNoSpecifiedTests=false -Dhamster.docs.update=true}.
 */
class ConfigurationReferenceTests {

    private static final Path REFERENCE = Path.of("..", "docs", "configuration.md");
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    @Test
    void everyPropertyHasADescription() {
        assertThat(properties())
                .isNotEmpty()
                .allSatisfy((name, property) ->
                        assertThat(text(property, "description")).as(name).isNotBlank());
    }

    @Test
    void referenceSaysWhatTheMetadataSays() throws IOException {
        String expected = reference();
        if (Boolean.getBoolean("hamster.docs.update")) {
            Files.writeString(REFERENCE, expected);
        }
        assertThat(REFERENCE).content().isEqualTo(expected);
    }

    private static String reference() {
        StringBuilder page = new StringBuilder("""
                # Configuration

                Every property of Hamster, from the metadata that IDEs read. Durations are written like `500ms`, `30s`,
                `10m`, `1h`.

                | property | type | default | |
                |---|---|---|---|
                """);
        properties()
                .forEach((name, property) -> page.append("| `")
                        .append(name)
                        .append("` | ")
                        .append(type(text(property, "type")))
                        .append(" | ")
                        .append(defaultValue(property.path("defaultValue")))
                        .append(" | ")
                        .append(text(property, "description").replace("|", "\\|"))
                        .append(" |\n"));
        return page.toString();
    }

    private static TreeMap<String, JsonNode> properties() {
        TreeMap<String, JsonNode> byName = new TreeMap<>();
        for (URL resource : resources()) {
            try (InputStream in = resource.openStream()) {
                for (JsonNode property : new JsonMapper().readTree(in).path("properties")) {
                    if (text(property, "name").startsWith("hamster.")) {
                        byName.put(text(property, "name"), property);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return byName;
    }

    private static List<URL> resources() {
        try {
            return Collections.list(
                    ConfigurationReferenceTests.class.getClassLoader().getResources(METADATA));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private static String type(String javaType) {
        return javaType.replaceAll("[a-z]+\\.(?:[a-z0-9]+\\.)*([A-Z])", "$1").replace('$', '.');
    }

    private static String defaultValue(JsonNode value) {
        if (value.isMissingNode()) {
            return "";
        }
        return "`" + (value.isArray() ? value.toString() : value.asString()) + "`";
    }
}
