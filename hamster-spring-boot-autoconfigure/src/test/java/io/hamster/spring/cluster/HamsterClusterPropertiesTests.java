package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cluster.Node;
import io.hamster.cluster.RpcSettings;
import io.hamster.spring.HamsterConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HamsterClusterPropertiesTests {

    @Test
    void hasTheDefaultsOfTheSpecification() {
        HamsterClusterProperties properties = bind(Map.of());

        assertThat(properties.enabled()).isFalse();
        assertThat(properties.mode()).isEqualTo(ClusterMode.SINGLE);
        assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(properties.nodes()).isEmpty();
        assertThat(properties.rpc().toSettings()).isEqualTo(RpcSettings.DEFAULTS);
    }

    @Test
    void takesABlankNodeNameAsNone() {
        assertThat(bind(Map.of("hamster.cluster.node-name", " ")).nodeName()).isNull();
    }

    @Test
    void saysWhichPropertyIsTooLong() {
        assertThat(failure(Map.of("hamster.cluster.node-name", "n".repeat(101))).getMessage())
                .startsWith("hamster.cluster.node-name can't be a node's name: Node name");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.cluster.timeout             | 99ms     | hamster.cluster.timeout is 99ms. Set it to a value from 100ms to 1h.
            hamster.cluster.stop-timeout        | 2h       | hamster.cluster.stop-timeout is 7200000ms. Set it to a value from 100ms to 1h.
            hamster.cluster.rpc.timeout         | 0s       | hamster.cluster.rpc.timeout is PT0S; give 1 ms to 1 day.
            hamster.cluster.rpc.max-payload     | 3GB      | hamster.cluster.rpc.max-payload is 2147483647; give 1024 to 67108864.
            hamster.cluster.rpc.max-in-flight   | 0        | hamster.cluster.rpc.max-in-flight is 0; give 1 to 1000000.
            hamster.cluster.rpc.concurrency     | 0        | hamster.cluster.rpc.concurrency is 0; give 1 to 10000.
            hamster.cluster.rpc.queue           | -1       | hamster.cluster.rpc.queue is -1; give 0 to 1000000.
            hamster.cluster.node-name           | d        | hamster.cluster.node-name is 'd', but the nodes are [a, b].
            hamster.cluster.nodes[1].name       | a        | hamster.cluster.nodes[1].name is 'a', as is that of another node.
            hamster.cluster.nodes[1].name       | ''       | hamster.cluster.nodes: Node name is empty
            hamster.cluster.nodes[1].port       | 70000    | hamster.cluster.nodes: Node 'b' has the port 70000
            hamster.cluster.nodes[1].local      | true     | hamster.cluster.nodes marks [a, b] as local.
            """)
    void saysWhichPropertyIsWrongAndItsRange(String property, String value, String message) {
        Map<String, String> values = new HashMap<>(Map.of(
                "hamster.cluster.nodes[0].name", "a",
                "hamster.cluster.nodes[0].local", "true",
                "hamster.cluster.nodes[1].name", "b"));
        values.put(property, value);

        assertThat(failure(values).getMessage()).startsWith(message);
    }

    @Test
    void refusesANodeWithoutName() {
        assertThat(failure(Map.of("hamster.cluster.nodes[0].host", "10.0.0.1")).description())
                .contains("no name");
    }

    @Test
    void findsItselfByNameThenByMarkThenByAddress() {
        LocalAddresses here = new LocalAddresses(Set.of("10.0.0.2", "host-b"));
        Map<String, String> nodes = Map.of(
                "hamster.cluster.nodes[0].name", "a",
                "hamster.cluster.nodes[0].host", "10.0.0.1",
                "hamster.cluster.nodes[1].name", "b",
                "hamster.cluster.nodes[1].host", "10.0.0.2",
                "hamster.cluster.nodes[1].port", "7800");

        assertThat(SelfNode.find(bind(nodes), () -> here)).contains(Node.of("b", "10.0.0.2", 7800));
        assertThat(SelfNode.find(bind(with(nodes, "hamster.cluster.nodes[1].host", "HOST-B")), () -> here))
                .map(Node::name)
                .contains("b");
        assertThat(SelfNode.find(bind(with(nodes, "hamster.cluster.nodes[0].local", "true")), () -> here))
                .map(Node::name)
                .contains("a");
        assertThat(SelfNode.find(
                        bind(with(
                                with(nodes, "hamster.cluster.nodes[1].local", "true"),
                                "hamster.cluster.node-name",
                                "a")),
                        () -> here))
                .map(Node::name)
                .contains("a");
        assertThat(SelfNode.find(bind(Map.of()), () -> here)).isEmpty();
        assertThat(SelfNode.find(bind(Map.of("hamster.cluster.node-name", "me")), () -> here))
                .map(Node::name)
                .contains("me");
    }

    @Test
    void saysWhatWasComparedWhenItDoesNotFindItself() {
        Map<String, String> nodes = Map.of(
                "hamster.cluster.nodes[0].name", "a",
                "hamster.cluster.nodes[0].host", "10.0.0.1",
                "hamster.cluster.nodes[1].name", "b",
                "hamster.cluster.nodes[1].host", "10.0.0.2");

        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> SelfNode.find(bind(nodes), () -> new LocalAddresses(Set.of("10.0.0.3"))))
                .withMessageContaining("a at 10.0.0.1")
                .withMessageContaining("10.0.0.3")
                .withMessageContaining("HAMSTER_CLUSTER_NODENAME=a");
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> SelfNode.find(bind(nodes), () -> new LocalAddresses(Set.of("10.0.0.1", "10.0.0.2"))))
                .withMessageContaining("[a, b]");
    }

    @Test
    void knowsThisMachine() {
        LocalAddresses here = LocalAddresses.ofThisMachine();

        assertThat(here.include("127.0.0.1")).isTrue();
        assertThat(here.include("localhost")).isTrue();
        assertThat(here.include("192.0.2.1")).isFalse();
        assertThat(here.include("no-such-host.invalid")).isFalse();
    }

    @Test
    void describesEveryProperty() throws IOException {
        JsonNode metadata;
        try (InputStream in = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            metadata = JsonMapper.builder().build().readTree(in);
        }
        List<JsonNode> ours = metadata.get("properties")
                .valueStream()
                .filter(property -> property.get("name").asString().startsWith("hamster.cluster."))
                .toList();

        assertThat(ours)
                .extracting(property -> property.get("name").asString())
                .contains("hamster.cluster.mode", "hamster.cluster.nodes", "hamster.cluster.rpc.max-payload");
        assertThat(ours)
                .allSatisfy(property -> assertThat(property.path("description").asString(""))
                        .as(property.toString())
                        .endsWith("."));
    }

    private static Map<String, String> with(Map<String, String> values, String property, String value) {
        Map<String, String> changed = new HashMap<>(values);
        changed.put(property, value);
        return changed;
    }

    private static HamsterConfigurationException failure(Map<String, String> values) {
        try {
            bind(values);
        } catch (RuntimeException e) {
            for (Throwable each = e; each != null; each = each.getCause()) {
                if (each instanceof HamsterConfigurationException found) {
                    return found;
                }
            }
            throw e;
        }
        throw new AssertionError("accepted " + values);
    }

    private static HamsterClusterProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("hamster.cluster", HamsterClusterProperties.class);
    }
}
