package io.hamster.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation says of names, types, properties and pages is so. */
class DocumentationTests {

    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("(?<![\\w./-])hamster(?:\\.[a-z0-9<>-]+)+");
    private static final Pattern DEPENDENCY = Pattern.compile("(?s)<dependency>(.*?)</dependency>");

    private static final String IMPORTS = """
            import io.hamster.*;
            import io.hamster.annotation.*;
            import io.hamster.annotation.HamsterLocked.*;
            import io.hamster.cache.*;
            import io.hamster.cache.bloom.*;
            import io.hamster.cache.store.*;
            import io.hamster.cache.writeback.*;
            import io.hamster.cluster.*;
            import io.hamster.hash.*;
            import io.hamster.lock.*;
            import io.hamster.singleflight.*;
            import io.hamster.spring.cache.*;
            import io.hamster.spring.cluster.*;
            import io.hamster.spring.integration.*;
            import io.hamster.spring.lock.*;
            import io.hamster.spring.test.*;
            import io.hamster.testing.*;
            import java.io.*;
            import java.nio.file.Path;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.function.*;
            import java.util.stream.*;
            import org.junit.jupiter.api.Test;
            import org.slf4j.Logger;
            import org.springframework.beans.factory.annotation.Autowired;
            import org.springframework.boot.test.context.SpringBootTest;
            import org.springframework.cache.annotation.*;
            import org.springframework.context.annotation.*;
            import org.springframework.context.event.EventListener;
            import org.springframework.core.annotation.Order;
            import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
            import org.springframework.http.ResponseEntity;
            import org.springframework.integration.dsl.IntegrationFlow;
            import org.springframework.jdbc.core.JdbcTemplate;
            import org.springframework.scheduling.annotation.*;
            import org.springframework.stereotype.*;
            import org.springframework.transaction.annotation.Transactional;
            import org.springframework.web.bind.annotation.*;
            import reactor.core.publisher.Mono;
            import static org.assertj.core.api.Assertions.assertThat;
            """;

    private static final String BEANS = """
            LockClient lockClient;
            LockAdmin lockAdmin;
            CacheClient cacheClient;
            PeerPicker picker;
            Cluster cluster;
            JdbcTemplate jdbc;
            Logger log;
            """;

    private final KnownProperties known = new KnownProperties();
    private final NamesInCode names = new NamesInCode();
    private final Snippets snippets = new Snippets(IMPORTS, BEANS);
    private final YamlCheck yaml = new YamlCheck(known);

    @Test
    void everyJavaBlockCompiles() {
        List<Block> java = blocks("java").toList();

        assertThat(java).isNotEmpty();
        assertThat(snippets.problems(java)).isEmpty();
    }

    @Test
    void everyPropertyInYamlExistsAndBinds() {
        assertThat(blocks("yaml")).isNotEmpty();
        assertThat(blocks("yaml").flatMap(block -> yaml.problems(block).stream()))
                .isEmpty();
    }

    @Test
    void everyNameInTextExists() {
        assertThat(Page.all().stream().flatMap(this::unknownNames)).isEmpty();
    }

    @Test
    void everyDependencyOfOursExists() throws IOException {
        Set<String> ours = artifacts();

        assertThat(blocks("xml").flatMap(block -> wrongDependencies(block, ours)))
                .isEmpty();
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(Page.all().stream().flatMap(page -> page.deadLinks().stream()))
                .isEmpty();
    }

    @Test
    void everyPageIsLinkedFromTheReadme() {
        String readme = Page.of("README.md").text();

        assertThat(Page.all().stream().map(Page::name).filter(name -> name.startsWith("docs/")))
                .allSatisfy(name -> assertThat(readme).contains("(" + name + ")"));
    }

    @Test
    void chineseReadmeHasTheSameBlocks() {
        assertThat(Page.of("README.zh-CN.md").blocks())
                .map(block -> block.info() + "\n" + block.code())
                .isEqualTo(Page.of("README.md").blocks().stream()
                        .map(block -> block.info() + "\n" + block.code())
                        .toList());
    }

    @Test
    void noticesCodeThatDoesNotCompile() {
        assertThat(snippets.problems(List.of(block("java", "lockClient.lockk(LockRequest.of(\"a\"));\n"))))
                .singleElement()
                .asString()
                .startsWith("page.md:7: ")
                .contains("lockk");
        assertThat(snippets.problems(
                        List.of(block("java", "@Cached(name = \"a\", tttl = \"1m\")\nString a() { … }\n"))))
                .singleElement()
                .asString()
                .contains("tttl");
    }

    @Test
    void noticesPropertiesThatDoNotExistOrDoNotFit() {
        assertThat(yaml.problems(block("yaml", "hamster.lock.leese: 30s\n")))
                .containsExactly("page.md:7: there is no property hamster.lock.leese");
        assertThat(yaml.problems(block("yaml", "hamster.cache.caches.items.ttll: 30s\n")))
                .contains("page.md:7: there is no property hamster.cache.caches.items.ttll");
        assertThat(yaml.problems(block("yaml", "hamster.hash.peers: [ { id: a, address: b, wait: 3 } ]\n")))
                .containsExactly("page.md:7: there is no property hamster.hash.peers[0].wait");
        assertThat(yaml.problems(block("yaml", "hamster.lock.lease: 25h\n")))
                .singleElement()
                .asString()
                .contains("out of range");
    }

    @Test
    void noticesNamesLinksAndDependenciesThatDoNotExist() throws IOException {
        Page page = new Page(
                ROOT.resolve("docs/none.md"),
                "Set `hamster.lock.leese`, see [that](nowhere.md), [this](locks.md#nothing), [it](locks.md#in-redis).");

        assertThat(unknownNames(page)).containsExactly("docs/none.md: hamster.lock.leese");
        assertThat(page.deadLinks())
                .containsExactly(
                        "docs/none.md: nowhere.md doesn't exist", "docs/none.md: locks.md#nothing has no such heading");
        assertThat(wrongDependencies(
                        block(
                                "xml",
                                "<dependency><groupId>io.hamster</groupId><artifactId>hamster</artifactId></dependency>"),
                        artifacts()))
                .containsExactly("page.md:7: io.hamster:hamster");
    }

    private static Block block(String info, String code) {
        return new Block("page.md", 7, info, code, "");
    }

    /** All but those of the Chinese README, which are the other README's. */
    private static Stream<Block> blocks(String info) {
        return Page.all().stream()
                .filter(page -> !page.name().equals("README.zh-CN.md"))
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.info().equals(info));
    }

    /** Properties, groups of them, meters and observations: whatever begins with our name. */
    private Stream<String> unknownNames(Page page) {
        List<String> unknown = new ArrayList<>();
        for (String code : page.codeInProse()) {
            Matcher name = NAME.matcher(code);
            while (name.find()) {
                String plain = name.group().replaceAll("[<>]", "");
                if (!known.knowsOrGroups(plain) && !names.has(plain)) {
                    unknown.add(page.name() + ": " + name.group());
                }
            }
        }
        return unknown.stream();
    }

    private static Set<String> artifacts() throws IOException {
        Set<String> artifacts = new HashSet<>();
        String bom = Files.readString(ROOT.resolve("hamster-dependencies/pom.xml"));
        Matcher artifact =
                Pattern.compile("<artifactId>(hamster-[a-z-]+)</artifactId>").matcher(bom);
        while (artifact.find()) {
            artifacts.add(artifact.group(1));
        }
        return artifacts;
    }

    private static Stream<String> wrongDependencies(Block block, Set<String> artifacts) {
        return DEPENDENCY
                .matcher(block.code())
                .results()
                .map(found -> element(found.group(1), "groupId") + ":" + element(found.group(1), "artifactId"))
                .filter(name -> name.startsWith("io.hamster:") && !artifacts.contains(name.substring(11)))
                .map(name -> block.where() + ": " + name);
    }

    private static String element(String xml, String name) {
        return xml.replaceAll("(?s).*<" + name + ">(.*?)</" + name + ">.*", "$1");
    }
}
