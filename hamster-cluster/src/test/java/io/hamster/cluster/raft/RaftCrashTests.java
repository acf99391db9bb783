package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders that are killed and paused, in processes of their own. */
@Tag("torture")
class RaftCrashTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    private Path root;

    private final Map<String, JavaProcess> processes = new HashMap<>();
    private List<String> members = List.of();

    /** A time in which a node was told that it leads, by the clock that the processes share. */
    private record Claim(String node, long term, long from, long until) {}

    @BeforeEach
    void found() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, NAMES.toArray(String[]::new)).startAll()) {
            members = cluster.members().stream()
                    .map(member -> member.name() + ":" + member.node().port() + ":" + member.raftPort())
                    .toList();
        }
        NAMES.forEach(this::start);
    }

    @AfterEach
    void end() {
        processes.values().forEach(JavaProcess::close);
    }

    @Test
    void neverHasTwoLeadersWhileLeadersAreKilled() {
        for (int i = 0; i < 5; i++) {
            Claim leader = awaitLeaderSince(System.nanoTime());
            processes.get(leader.node()).kill();
            awaitLeaderSince(System.nanoTime(), leader.node());
            start(leader.node());
        }

        assertOneLeaderAtATime();
        assertNothingGrantedTwice();
    }

    @Test
    void neverHasTwoLeadersWhileLeadersArePaused() {
        for (int i = 0; i < 4; i++) {
            Claim leader = awaitLeaderSince(System.nanoTime());
            processes.get(leader.node()).pause();
            awaitLeaderSince(System.nanoTime(), leader.node());
            processes.get(leader.node()).resume();
        }

        assertOneLeaderAtATime();
        assertNothingGrantedTwice();
    }

    @Test
    void keepsTermsAndTimeOverAFullCrash() {
        Claim before = awaitLeaderSince(System.nanoTime());
        processes.values().forEach(JavaProcess::kill);
        long crash = System.nanoTime();
        NAMES.forEach(this::start);

        Claim after = awaitLeaderSince(crash);

        assertThat(after.term()).isGreaterThan(before.term());
        assertOneLeaderAtATime();
        assertNothingGrantedTwice();
    }

    private void start(String name) {
        List<String> arguments =
                new ArrayList<>(List.of(name, root.resolve(name).toString()));
        arguments.addAll(members);
        processes.put(name, JavaProcess.start(output(name), RaftProcess.class, arguments));
    }

    private Claim awaitLeaderSince(long since, String... not) {
        return await().atMost(PATIENCE)
                .until(
                        () -> NAMES.stream()
                                .filter(name -> !List.of(not).contains(name))
                                .flatMap(name -> claims(name).stream())
                                .filter(claim -> claim.from() > since)
                                .max(Comparator.comparingLong(Claim::from)),
                        Optional::isPresent)
                .orElseThrow();
    }

    private void assertOneLeaderAtATime() {
        List<Claim> claims = NAMES.stream()
                .flatMap(name -> claims(name).stream())
                .sorted(Comparator.comparingLong(Claim::from))
                .toList();
        for (int i = 0; i < claims.size(); i++) {
            for (int j = i + 1;
                    j < claims.size() && claims.get(j).from() < claims.get(i).until();
                    j++) {
                assertThat(claims.get(j).node())
                        .as("%s and %s", claims.get(i), claims.get(j))
                        .isEqualTo(claims.get(i).node());
            }
        }
        assertThat(claims).extracting(Claim::term).isSorted();
    }

    private void assertNothingGrantedTwice() {
        List<long[]> grants = NAMES.stream()
                .flatMap(this::lines)
                .filter(line -> line[0].equals("Granted"))
                .map(line -> new long[] {Long.parseLong(line[1]), Long.parseLong(line[2])})
                .sorted(Comparator.comparingLong(grant -> grant[0]))
                .toList();
        assertThat(grants).extracting(grant -> grant[0]).doesNotHaveDuplicates();
        assertThat(grants).extracting(grant -> grant[1]).isSorted();
        assertThat(grants).isNotEmpty();
    }

    private List<Claim> claims(String name) {
        List<Claim> claims = new ArrayList<>();
        lines(name).filter(line -> line.length == 4).forEach(line -> {
            long at = Long.parseLong(line[1]);
            if (!claims.isEmpty()) {
                Claim last = claims.remove(claims.size() - 1);
                claims.add(new Claim(name, last.term(), last.from(), Math.min(last.until(), at)));
            }
            if (line[0].equals("Leading")) {
                claims.add(new Claim(name, Long.parseLong(line[2]), at, Math.max(at, Long.parseLong(line[3]))));
            }
        });
        return claims;
    }

    private Stream<String[]> lines(String name) {
        try {
            String output = Files.readString(output(name));
            // What follows the last line's end is still being written, or never was.
            return output.substring(0, output.lastIndexOf('\n') + 1).lines().map(line -> line.split(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path output(String name) {
        return root.resolve(name + ".out");
    }
}
