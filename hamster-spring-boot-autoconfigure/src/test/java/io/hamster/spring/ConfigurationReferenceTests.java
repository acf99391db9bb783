package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.documentation.PropertiesRecords;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps {@code docs/configuration.md} and the names that the start knows in step with the metadata that IDEs read. To
 * write them anew:
 * {@code ./mvnw -pl hamster-spring-boot-autoconfigure -am test -Dtest=ConfigurationReferenceTests
 * -Dsurefire.failIfNoSpecifiedTests=false -Dhamster.docs.update=true}.
 */
class ConfigurationReferenceTests {

    private static final Path REFERENCE = Path.of("..", "docs", "configuration.md");
    private static final Pattern ABSENCE =
            Pattern.compile("(?i)unless set|by default|default is|not set|if empty|required");
    private static final Pattern STATED = Pattern.compile("[.;] (\\S+) unless set");
    private static final Pattern CACHE_DEFAULT = Pattern.compile("hamster\\.cache\\.defaults\\.[a-z-]+");
    private static final Pattern ELEMENT = Pattern.compile("java\\.util\\.List<(io\\.hamster\\.[\\w.$]+)>");
    private static final Path NAMES = Path.of("src", "main", "resources").resolve(PropertyNames.FILE);
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    @Test
    void everyPropertyHasADescriptionAndAType() {
        assertThat(properties()).isNotEmpty().allSatisfy((name, property) -> {
            assertThat(text(property, "description")).as(name).isNotBlank().endsWith(".");
            assertThat(text(property, "type")).as(name).isNotBlank();
        });
    }

    @Test
    void everyPropertyHasADefaultOrSaysWhatHoldsWithoutOne() {
        assertThat(properties())
                .allSatisfy((name, property) -> assertThat(
                                !property.path("defaultValue").isMissingNode()
                                        || ABSENCE.matcher(text(property, "description"))
                                                .find())
                        .as(name)
                        .isTrue());
    }

    @Test
    void everyPropertyThatIsBoundIsInTheMetadata() {
        Set<String> bound = new TreeSet<>();
        PropertiesRecords.byPrefix().forEach((prefix, type) -> collect(prefix, type, bound));

        assertThat(bound).isNotEmpty().isSubsetOf(properties().keySet());
    }

    @Test
    void defaultsThatDescriptionsStateForCachesHold() {
        Map<String, String> stated = new TreeMap<>();
        properties().forEach((name, property) -> {
            Matcher value = STATED.matcher(text(property, "description"));
            if (CACHE_DEFAULT.matcher(name).matches() && value.find()) {
                stated.put(name, value.group(1).replace("empty", ""));
            }
        });

        assertThat(stated)
                .hasSizeGreaterThan(8)
                .allSatisfy((name, value) ->
                        assertThat(policyWith(name + "=" + value)).as(name).isEqualTo(CachePolicy.defaults()));
        assertThat(policyWith("hamster.cache.defaults.max-size=999")).isNotEqualTo(CachePolicy.defaults());
    }

    private static CachePolicy policyWith(String property) {
        AtomicReference<CachePolicy> policy = new AtomicReference<>();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        HamsterAutoConfiguration.class,
                        HamsterCacheAutoConfiguration.class))
                .withPropertyValues(property)
                .run(context -> policy.set(
                        context.getBean(CacheClient.class).cache("any").policy()));
        return policy.get();
    }

    @Test
    void elementsOfListsAreDescribed() {
        properties().forEach((name, property) -> {
            Matcher element = ELEMENT.matcher(text(property, "type"));
            if (element.matches()) {
                for (RecordComponent field : resolved(element.group(1)).getRecordComponents()) {
                    assertThat(text(property, "description")).as(name).contains(dashed(field));
                }
            }
        });
    }

    @Test
    void referenceSaysWhatTheMetadataSays() throws IOException {
        String expected = reference();
        if (Boolean.getBoolean("hamster.docs.update")) {
            Files.writeString(REFERENCE, expected);
        }
        assertThat(REFERENCE).content().isEqualTo(expected);
    }

    @Test
    void theStartKnowsTheNamesOfTheMetadata() throws IOException {
        String expected = String.join("\n", names()) + "\n";
        if (Boolean.getBoolean("hamster.docs.update")) {
            Files.writeString(NAMES, expected);
        }
        assertThat(NAMES).content().isEqualTo(expected);
    }

    /** Of all properties, and of those of the elements of lists and maps. */
    private static Set<String> names() {
        Set<String> names = new TreeSet<>(properties().keySet());
        PropertiesRecords.byPrefix()
                .forEach((prefix, type) -> collectElements(prefix, ResolvableType.forClass(type), names));
        return names;
    }

    private static void collectElements(String name, ResolvableType type, Set<String> into) {
        Class<?> raw = type.toClass();
        if (raw.isRecord()) {
            for (RecordComponent component : raw.getRecordComponents()) {
                collectElements(
                        name + "." + dashed(component), ResolvableType.forType(component.getGenericType()), into);
            }
            return;
        }
        into.add(name);
        if (raw == List.class) {
            collectElements(name + "[]", type.getGeneric(0), into);
        } else if (raw == Map.class) {
            collectElements(name + ".*", type.getGeneric(1), into);
        } else {
            assertThat(raw.isArray() || Iterable.class.isAssignableFrom(raw) || Map.class.isAssignableFrom(raw))
                    .as("%s has elements, of type %s: name them here", name, type)
                    .isFalse();
        }
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

    /** The names of the properties that a record has, and records within it. */
    private static void collect(String prefix, Class<?> type, Set<String> into) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + dashed(component);
            if (component.getType().isRecord()) {
                collect(name, component.getType(), into);
            } else {
                into.add(name);
            }
        }
    }

    private static String dashed(RecordComponent component) {
        return DataObjectPropertyName.toDashedForm(component.getName());
    }

    private static Class<?> resolved(String name) {
        return ClassUtils.resolveClassName(name, null);
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
        if (javaType.startsWith("io.hamster.") && resolved(javaType).isEnum()) {
            return Arrays.stream(resolved(javaType).getEnumConstants())
                    .map(value -> "`"
                            + ((Enum<?>) value).name().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
                    .collect(Collectors.joining(", "));
        }
        return javaType.replaceAll("[a-z]+\\.(?:[a-z0-9]+\\.)*([A-Z])", "$1").replace('$', '.');
    }

    private static String defaultValue(JsonNode value) {
        if (value.isMissingNode()) {
            return "";
        }
        return "`" + (value.isArray() ? value.toString() : value.asString()) + "`";
    }
}
