package io.hamster.spring.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.hash.health.ProbeSettings;
import io.hamster.spring.HamsterConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HamsterHashPropertiesTests {

    @Test
    void hasTheDefaultsOfTheSpecification() {
        HamsterHashProperties properties = bind(Map.of());

        assertThat(properties.enabled()).isTrue();
        assertThat(properties.source()).isEqualTo(PeerSource.STATIC);
        assertThat(properties.profile()).isEqualTo(ProfileName.HAMSTER);
        assertThat(properties.peers()).isEmpty();
        assertThat(properties.maxAlternatives()).isEqualTo(5);
        assertThat(properties.minAlivePeers()).isEqualTo(1);
        assertThat(properties.loadFactor()).isNull();
        assertThat(properties.singleflight()).isFalse();
        assertThat(properties.healthCheck().enabled()).isFalse();
        assertThat(properties.healthCheck().toSettings()).isEqualTo(ProbeSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas                    | 0       | hamster.hash.replicas isn't allowed: Replicas must be from 1 to 1000 or auto, but were 0
            replicas                    | many    | hamster.hash.replicas isn't allowed: Replicas must be from 1 to 1000 or auto, but were 'many'
            max-alternatives            | -1      | hamster.hash.max-alternatives isn't allowed: max-alternatives must be from 0 to 1000, but was -1
            min-alive-peers             | -1      | hamster.hash.min-alive-peers isn't allowed: min-alive-peers must be 0 or more, but was -1
            load-factor                 | 1       | hamster.hash.load-factor isn't allowed: load-factor must be above 1 and at most 100, but was 1.0
            peers[1].weight             | -1      | hamster.hash.peers[1] isn't allowed: Peer 'b' has weight -1; it must be from 0 to 1000000
            peers[1].weight             | 1000001 | hamster.hash.peers[1] isn't allowed: Peer 'b' has weight 1000001
            peers[1].id                 | ''      | hamster.hash.peers[1] isn't allowed: Peer id is blank (address '10.0.0.2:80')
            peers[1].address            | ''      | hamster.hash.peers[1] isn't allowed: Peer 'b' has a blank address
            peers[1].id                 | a       | hamster.hash.peers[1].id is 'a', as is that of another peer.
            envoy.minimum-ring-size     | 0       | hamster.hash.envoy.minimum-ring-size isn't allowed
            envoy.maximum-ring-size     | 9000000 | hamster.hash.envoy.maximum-ring-size isn't allowed
            maglev.table-size           | 65536   | hamster.hash.maglev.table-size isn't allowed: Maglev table size 65536 must be a prime
            health-check.interval       | 10ms    | hamster.hash.health-check.interval isn't allowed: Health check interval PT0.01S must be from PT0.1S to PT24H
            health-check.timeout        | 31s     | hamster.hash.health-check.timeout isn't allowed: Health check timeout PT31S must be from PT0.001S to the interval, PT30S
            health-check.rise           | 0       | hamster.hash.health-check.rise isn't allowed: Health check rise must be from 1 to 100, but was 0
            health-check.fall           | 101     | hamster.hash.health-check.fall isn't allowed
            health-check.concurrency    | 0       | hamster.hash.health-check.concurrency isn't allowed
            health-check.path           | health  | hamster.hash.health-check.path isn't allowed: Health check path 'health' must begin with a slash
            health-check.path           | /a b    | hamster.hash.health-check.path isn't allowed: Health check path '/a b' can't be part of a URL: Illegal character in path at index 2;
            source                      | cluster | hamster.hash.source is 'cluster', but hamster.hash.peers lists peers.
            discovery.interval          | 10ms    | hamster.hash.discovery.interval is 10ms. Set it to a value from 100ms to 1d.
            discovery.timeout           | 0s      | hamster.hash.discovery.timeout is 0ms. Set it to a value from 1ms to 1h.
            discovery.service-id        | ' '     | hamster.hash.discovery.service-id is blank.
            """)
    void saysWhichPropertyIsWrongAndItsRange(String property, String value, String message) {
        Map<String, String> values = new HashMap<>(Map.of(
                "hamster.hash.peers[0].id", "a",
                "hamster.hash.peers[0].address", "10.0.0.1:80",
                "hamster.hash.peers[1].id", "b",
                "hamster.hash.peers[1].address", "10.0.0.2:80"));
        values.put("hamster.hash." + property, value);

        assertThat(failure(values).getMessage()).startsWith(message);
    }

    @ParameterizedTest
    @CsvSource({
        "ketama, function, xxh64",
        "envoy, function, crc32",
        "ketama, replicas, 100",
        "envoy, replicas, auto",
        "maglev, replicas, 150"
    })
    void refusesWhatAProfileFixes(String profile, String property, String value) {
        assertThat(failure(Map.of("hamster.hash.profile", profile, "hamster.hash." + property, value)))
                .hasMessageContaining("hamster.hash." + property + " is '" + value + "'")
                .hasMessageContaining("'" + profile + "'");
    }

    @ParameterizedTest
    @CsvSource({"go-hamster, GO_HAMSTER", "GoHamster, GO_HAMSTER", "maglev, MAGLEV"})
    void takesProfilesByTheirRelaxedNames(String text, ProfileName name) {
        assertThat(bind(Map.of("hamster.hash.profile", text)).profile()).isEqualTo(name);
    }

    @Test
    void describesEveryProperty() throws IOException {
        JsonNode metadata;
        try (InputStream json = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            metadata = JsonMapper.shared().readTree(json);
        }
        List<JsonNode> properties = metadata.get("properties")
                .valueStream()
                .filter(property -> property.get("name").asString().startsWith("hamster.hash."))
                .toList();

        assertThat(properties)
                .hasSizeGreaterThanOrEqualTo(20)
                .allSatisfy(property -> assertThat(property.path("description").asString(""))
                        .as(property.toString())
                        .isNotBlank());
    }

    private static HamsterConfigurationException failure(Map<String, String> values) {
        Throwable[] found = new Throwable[1];
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(values))
                .satisfies(e -> {
                    Throwable cause = e;
                    while (cause != null && !(cause instanceof HamsterConfigurationException)) {
                        cause = cause.getCause();
                    }
                    found[0] = cause;
                });
        assertThat(found[0]).isInstanceOf(HamsterConfigurationException.class);
        return (HamsterConfigurationException) found[0];
    }

    private static HamsterHashProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("hamster.hash", HamsterHashProperties.class);
    }
}
