package io.hamster.spring.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.context.WebApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class HamsterConsoleAutoConfigurationTests {

    private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"(hamster/[^\"]+)\"|from \"\\./([^\"]+)\"");
    private static final String POLICY = "default-src 'self'; frame-ancestors 'none'";

    private final WebApplicationContextRunner off = new WebApplicationContextRunner()
            .withUserConfiguration(Web.class)
            .withPropertyValues("management.endpoints.web.exposure.include=hamsterlocks,hamsterring,health");

    private final WebApplicationContextRunner on = off.withPropertyValues("hamster.console.enabled=true");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Web {}

    private static MvcTestResult get(WebApplicationContext context, String path) {
        return MockMvcTester.from(context).get().uri(path).exchange();
    }

    private static String text(WebApplicationContext context, String path) throws Exception {
        MvcTestResult result = get(context, path);
        assertThat(result).as(path).hasStatusOk();
        return result.getMvcResult().getResponse().getContentAsString();
    }

    @Test
    void isOffUnlessTurnedOn() {
        off.run(context -> {
            assertThat(context).doesNotHaveBean(ConsolePage.class).doesNotHaveBean("hamsterConsoleRoutes");
            assertThat(get(context, "/hamster")).hasStatus(HttpStatus.NOT_FOUND);
        });
    }

    @Test
    void isOffWhereHamsterIs() {
        on.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(get(context, "/hamster")).hasStatus(HttpStatus.NOT_FOUND));
    }

    @Test
    void servesThePageUnderAStrictPolicy() {
        on.run(context -> assertThat(get(context, "/hamster"))
                .hasStatusOk()
                .hasContentType("text/html;charset=UTF-8")
                .headers()
                .hasValue("Content-Security-Policy", POLICY)
                .hasValue("X-Content-Type-Options", "nosniff")
                .hasValue("Referrer-Policy", "no-referrer")
                .hasValue(HttpHeaders.CACHE_CONTROL, "no-cache"));
    }

    @Test
    void servesEveryFileThatTheOthersName() {
        on.run(context -> {
            List<String> files = new ArrayList<>(List.of("hamster"));
            for (int next = 0; next < files.size(); next++) {
                String content = text(context, "/" + files.get(next));
                REFERENCE
                        .matcher(content)
                        .results()
                        .map(HamsterConsoleAutoConfigurationTests::path)
                        .filter(path -> !files.contains(path))
                        .forEach(files::add);
            }
            assertThat(files).contains("hamster/console.css", "hamster/icon.svg", "hamster/ringdrawing.js");
            assertThat(files.subList(1, files.size()))
                    .containsExactlyInAnyOrderElementsOf(ConsolePage.FILES.stream()
                            .map(name -> "hamster/" + name)
                            .toList());
        });
    }

    private static String path(MatchResult reference) {
        return reference.group(1) != null ? reference.group(1) : "hamster/" + reference.group(2);
    }

    @Test
    void needsNothingInlineAndTakesNoTextForMarkup() {
        on.run(context -> {
            assertThat(text(context, "/hamster"))
                    .doesNotContain("<style", " style=", " onclick=", "http:", "https:")
                    .doesNotContainPattern("<script[^>]*>[^<]");
            for (String name : ConsolePage.FILES) {
                assertThat(text(context, "/hamster/" + name))
                        .as(name)
                        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
                        .doesNotContain("https://", "//cdn");
            }
        });
    }

    @Test
    void answersThatAFileIsUnchanged() {
        on.run(context -> {
            String etag = get(context, "/hamster/console.js")
                    .getMvcResult()
                    .getResponse()
                    .getHeader(HttpHeaders.ETAG);

            assertThat(etag).isNotBlank();
            assertThat(MockMvcTester.from(context)
                            .get()
                            .uri("/hamster/console.js")
                            .header(HttpHeaders.IF_NONE_MATCH, etag))
                    .hasStatus(HttpStatus.NOT_MODIFIED);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hamster/other.js", "/hamster/..", "/hamster/index.html", "/hamster/a/b"})
    void servesNothingElse(String path) {
        on.run(context -> assertThat(get(context, path)).hasStatus(HttpStatus.NOT_FOUND));
    }

    @Test
    void forgivesATrailingSlash() {
        on.run(context -> assertThat(get(context, "/hamster/"))
                .hasStatus(HttpStatus.FOUND)
                .headers()
                .hasValue(HttpHeaders.LOCATION, "../hamster"));
    }

    @Test
    void tellsThePageWhereTheEndpointsAreAndWhatTheyTake() {
        on.withPropertyValues(
                        "spring.application.name=a \"quoted\" shop",
                        "hamster.console.poll-interval=2500ms",
                        "management.endpoints.web.base-path=/manage",
                        "management.endpoints.web.path-mapping.hamsterring=the-ring",
                        "management.endpoint.hamsterlocks.access=UNRESTRICTED")
                .run(context -> {
                    MvcTestResult settings = get(context, "/hamster/settings.json");
                    assertThat(settings).headers().hasValue(HttpHeaders.CACHE_CONTROL, "no-store");
                    assertThat(settings).bodyJson().isStrictlyEqualTo("""
                            {
                              "application": "a \\"quoted\\" shop",
                              "pollMillis": 2500,
                              "endpoints": {
                                "hamsterlocks": {"path": "/manage/hamsterlocks", "methods": ["DELETE", "GET"]},
                                "hamsterring": {"path": "/manage/the-ring", "methods": ["GET"]}
                              }
                            }""");
                });
    }

    @Test
    void saysAtStartWhereItIs() {
        on.run(context -> assertThat(
                        context.getBeansOfType(HamsterFeature.class).values())
                .contains(new HamsterFeature("console", "at /hamster")));
    }

    @Test
    void warnsWhenNoEndpointIsExposed(CapturedOutput output) {
        on.withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> {
                    assertThat(get(context, "/hamster")).hasStatusOk();
                    assertThat(output)
                            .containsOnlyOnce("nothing to show")
                            .contains(
                                    "management.endpoints.web.exposure.include=hamster,hamsterlocks,hamstercaches,hamsterring,");
                });
    }

    @Test
    void doesNotWarnWhenOneIs(CapturedOutput output) {
        on.run(context -> assertThat(output).doesNotContain("nothing to show"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"999ms", "0s", "-5s", "61m"})
    void refusesToPollTooOftenOrTooSeldom(String interval) {
        on.withPropertyValues("hamster.console.poll-interval=" + interval)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining("hamster.console.poll-interval is ")
                        .hasMessageEndingWith("Give 1s to 1h."));
    }

    @Test
    void saysThatActuatorIsMissing() {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(HamsterConsoleAutoConfiguration.class))
                .withPropertyValues("hamster.console.enabled=true")
                .withClassLoader(new FilteredClassLoader(PathMappedEndpoints.class))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining("spring-boot-starter-actuator"));
    }

    @Test
    void hasNothingToServeWhereThereIsNoWeb() {
        new ApplicationContextRunner()
                .withUserConfiguration(Web.class)
                .withPropertyValues("hamster.console.enabled=true")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ConsolePage.class));
    }

    @Test
    void bringsItsFilesIntoNativeImages() {
        RuntimeHints hints = new RuntimeHints();
        new HamsterConsoleAutoConfiguration.ConsoleFileHints()
                .registerHints(hints, getClass().getClassLoader());

        assertThat(ConsolePage.FILES)
                .allSatisfy(
                        name -> assertThat(RuntimeHintsPredicates.resource().forResource(ConsoleFile.DIRECTORY + name))
                                .accepts(hints));
    }
}
