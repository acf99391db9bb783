package io.hamster.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the documented meters, the dashboard and the alerts in step with the meters of a running application. */
@RedisTest
class MetersReferenceTests {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern ROW =
            Pattern.compile("\\| `((?:hamster|cache)\\.[a-z.]+)` \\| (\\w+) \\| (\\w*) ?\\| ([^|]*) ?\\| .+ \\|");
    private static final Pattern METRIC = Pattern.compile("\\b(?:hamster|cache)_[a-z_]+\\b");
    private static final Set<String> LABELS = Set.of("cache_manager");

    private static Instances instances;

    @BeforeAll
    static void useEverything(RedisDeployment redis) throws Exception {
        instances = Instances.start(redis);
        instances.useEverything();
    }

    @AfterAll
    static void close() {
        instances.close();
    }

    /**
     * A meter, or a row of the table.
     *
     * @param type in lower case
     * @param unit empty if it has none
     * @param tags their names
     */
    private record Row(String type, String unit, Set<String> tags) {}

    @Test
    void everyMeterIsDocumentedAndEveryDocumentedMeterIsThere() throws IOException {
        assertThat(registered()).containsExactlyInAnyOrderEntriesOf(documented());
    }

    @Test
    void noTagIsAKey() {
        assertThat(meters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .isNotEmpty()
                .noneMatch(value -> value.contains(Instances.KEY));
    }

    @Test
    void everyMeterHasADescription() {
        assertThat(meters())
                .allSatisfy(meter -> assertThat(meter.getId().getDescription())
                        .as(meter.getId().getName())
                        .isNotBlank());
    }

    @Test
    void theDashboardAsksForMetricsThatThereAre() throws IOException {
        JsonNode dashboard =
                new JsonMapper().readTree(DOCS.resolve("grafana/hamster.json").toFile());
        Set<String> asked = new TreeSet<>();
        dashboard.findValuesAsString("expr").forEach(expression -> asked.addAll(metrics(expression)));

        assertThat(asked).hasSizeGreaterThan(30);
        assertThat(exported()).containsAll(asked);
        assertThat(dashboard.at("/templating/list").findValuesAsString("name"))
                .containsExactly("datasource", "application", "instance");
    }

    @Test
    void theAlertsAskForMetricsThatThereAreAndSayWhatTheyMean() throws IOException {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new FileSystemResource(DOCS.resolve("alerts.yml")));
        Map<Object, Object> rules = Objects.requireNonNull(yaml.getObject());
        Set<String> asked = new TreeSet<>();
        Set<String> alerts = new TreeSet<>();
        rules.forEach((key, value) -> {
            String name = key.toString();
            if (name.endsWith(".expr")) {
                asked.addAll(metrics(value.toString()));
            }
            if (name.endsWith(".alert")) {
                String rule = name.substring(0, name.length() - "alert".length());
                alerts.add(value.toString());
                assertThat(rules)
                        .containsKeys(
                                rule + "expr",
                                rule + "labels.severity",
                                rule + "annotations.summary",
                                rule + "annotations.description");
            }
        });

        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(exported()).containsAll(asked);
        String page = Files.readString(DOCS.resolve("operating.md"));
        assertThat(alerts).allSatisfy(alert -> assertThat(page).contains("| `" + alert + "` |"));
    }

    private static Set<String> metrics(String expression) {
        return METRIC.matcher(expression)
                .results()
                .map(found -> found.group())
                .filter(name -> !LABELS.contains(name))
                .collect(Collectors.toSet());
    }

    /** The names of what Prometheus gets to see. */
    private static Set<String> exported() {
        return Stream.of(instances.a(), instances.b())
                .map(instance -> instance.getBean(PrometheusMeterRegistry.class).scrape())
                .flatMap(String::lines)
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toSet());
    }

    private static Map<String, Row> documented() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (String line : Files.readAllLines(DOCS.resolve("operating.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> tags = Arrays.stream(row.group(4).split(","))
                        .map(tag -> tag.replace("`", "").strip())
                        .filter(tag -> !tag.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new));
                rows.put(row.group(1), new Row(row.group(2), row.group(3), tags));
            }
        }
        return rows;
    }

    private static Map<String, Row> registered() {
        Map<String, Row> rows = new TreeMap<>();
        for (Meter meter : meters()) {
            Meter.Id id = meter.getId();
            String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit();
            Set<String> tags = id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
            Row row = new Row(id.getType().name().toLowerCase(Locale.ROOT), unit, tags);
            Row other = rows.putIfAbsent(id.getName(), row);
            // Prometheus takes no two meters of one name with different tags.
            assertThat(row).as(id.getName()).isEqualTo(other == null ? row : other);
        }
        return rows;
    }

    private static List<Meter> meters() {
        return Stream.of(instances.a(), instances.b())
                .flatMap(instance -> instance.getBean(MeterRegistry.class).getMeters().stream())
                .filter(meter -> meter.getId().getName().startsWith("hamster.")
                        || "hamster".equals(meter.getId().getTag("cache.manager")))
                .toList();
    }
}
