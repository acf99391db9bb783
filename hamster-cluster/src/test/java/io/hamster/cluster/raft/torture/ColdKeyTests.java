package io.hamster.cluster.raft.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes whose many threads ask for one cold key at the same time, also while one of them is killed. */
@Tag("torture")
class ColdKeyTests {

    private static final int ROUNDS = 6;

    @TempDir
    Path directory;

    private Nodes nodes;

    @BeforeEach
    void start() {
        nodes = new Nodes(directory, "a", "b", "c");
        nodes.startAll();
        awaitAll();
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    private void awaitAll() {
        nodes.awaitLeader();
        await("all in reach of each other")
                .atMost(Nodes.PATIENCE)
                .until(() -> nodes.names().stream()
                        .allMatch(name -> nodes.ask(name, "members").equals("a,b,c")));
    }

    private Map<String, Integer> askAll(String key) {
        Map<String, Integer> asked = new TreeMap<>();
        nodes.names().forEach(name -> asked.put(name, nodes.tell(name, "cold " + key)));
        return asked;
    }

    private void awaitLoads(String key, int count) {
        await(count + " loads of " + key)
                .pollInterval(Duration.ofMillis(20))
                .atMost(Nodes.PATIENCE)
                .until(() -> ColdKeys.loads(directory, key).size() >= count);
    }

    @Test
    void oneProcessLoadsForAll() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            String key = "cold-" + round;
            Map<String, Integer> asked = askAll(key);
            awaitLoads(key, 1);
            ColdKeys.release(directory, key);

            asked.forEach((name, id) -> assertThat(nodes.answer(name, id)).isEqualTo(load(key, 0)));
            assertThat(ColdKeys.loads(directory, key)).hasSize(1);
        }
    }

    @Test
    void aProcessThatIsKilledWhileItLoadsCostsOneMoreLoad() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            String key = "killed-" + round;
            Map<String, Integer> asked = askAll(key);
            awaitLoads(key, 1);
            String killed = load(key, 0).substring(0, 1);
            nodes.kill(killed);
            asked.remove(killed);
            awaitLoads(key, 2);
            ColdKeys.release(directory, key);

            asked.forEach((name, id) -> assertThat(nodes.answer(name, id)).isEqualTo(load(key, 1)));
            assertThat(ColdKeys.loads(directory, key)).hasSize(2);
            nodes.start(killed);
            awaitAll();
        }
    }

    /** Of these some own the key. */
    @Test
    void anotherProcessThatIsKilledMeanwhileCostsOneMoreLoadAtMost() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            String key = "other-" + round;
            Map<String, Integer> asked = askAll(key);
            awaitLoads(key, 1);
            String killed = nodes.others(load(key, 0).substring(0, 1)).get(round % 2);
            nodes.kill(killed);
            asked.remove(killed);
            await("its loss to be known")
                    .atMost(Nodes.PATIENCE)
                    .until(() -> asked.keySet().stream()
                            .noneMatch(name -> nodes.ask(name, "members").contains(killed)));
            ColdKeys.release(directory, key);

            asked.forEach((name, id) ->
                    assertThat(nodes.answer(name, id)).contains("-life-").doesNotContain(killed + "-"));
            assertThat(ColdKeys.loads(directory, key)).hasSizeBetween(1, 2);
            nodes.start(killed);
            awaitAll();
        }
    }

    private String load(String key, int number) {
        try {
            return ColdKeys.loads(directory, key).get(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
