package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.RemoteFunction;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterEvent;
import io.hamster.cluster.RecordingTracker;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.cluster.ClusterEndpoint.Action;
import io.hamster.spring.cluster.ClusterEndpoint.Event;
import io.hamster.spring.cluster.ClusterEndpoint.NodeView;
import io.hamster.spring.cluster.ClusterEndpoint.Problem;
import io.hamster.spring.cluster.ClusterEndpoint.View;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

class ClusterEndpointTests {

    private static final String PATH = "/actuator/hamstercluster";

    private final ScriptedEngine engine = new ScriptedEngine();

    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class,
                    HamsterClusterEndpointAutoConfiguration.class));

    private final ApplicationContextRunner runner = plain.withBean(ClusterEngine.class, () -> engine)
            .withPropertyValues(
                    "hamster.cluster.enabled=true",
                    "hamster.cluster.mode=redis",
                    "hamster.cluster.node-name=a",
                    "hamster.cluster.stop-timeout=100ms",
                    "management.endpoints.web.exposure.include=hamstercluster");

    private final WebApplicationContextRunner web = new WebApplicationContextRunner()
            .withUserConfiguration(Web.class)
            .withPropertyValues("management.endpoints.web.exposure.include=hamstercluster");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Web {}

    @Test
    void showsWhoLeadsAndWhoIsAlive() {
        runner.withBean(Greeter.class)
                .withBean("tracker", RecordingTracker.class, RecordingTracker::new)
                .run(context -> {
                    ClusterEndpoint endpoint = context.getBean(ClusterEndpoint.class);
                    engine.leads(4);
                    engine.transport().alive("a");

                    View view = endpoint.cluster();

                    assertThat(view.mode()).isEqualTo("redis");
                    assertThat(view.node()).isEqualTo("a");
                    assertThat(view.role()).isEqualTo("leader");
                    assertThat(view.leader()).isEqualTo("a");
                    assertThat(view.term()).isEqualTo(4);
                    assertThat(view.waitingFor()).isNull();
                    assertThat(view.nodes())
                            .containsExactly(
                                    new NodeView("a", view.nodes().get(0).address(), true),
                                    new NodeView("b", "127.0.0.1:2", false));
                    assertThat(view.functions()).containsExactly("greet");
                    assertThat(view.jobTrackers()).containsExactly("@LeaderOnly", "RecordingTracker");
                });
    }

    @Test
    void showsWhatAFollowerSees() {
        runner.run(context -> {
            ClusterEndpoint endpoint = context.getBean(ClusterEndpoint.class);
            assertThat(endpoint.cluster().leader()).isNull();
            assertThat(endpoint.cluster().role()).isEqualTo("none");

            engine.elector().follows(2, "b");

            assertThat(endpoint.cluster().leader()).isEqualTo("b");
            assertThat(endpoint.cluster().role()).isEqualTo("follower");
        });
    }

    @Test
    void showsWhatHappenedTheLatestFirst() {
        runner.run(context -> {
            ClusterEndpoint endpoint = context.getBean(ClusterEndpoint.class);
            engine.leads(4);
            engine.elector().follows(5, "b");

            await().untilAsserted(() -> assertThat(endpoint.cluster().events())
                    .extracting(Event::event)
                    .containsExactly(
                            "SignFollower",
                            "ElectionFinish",
                            "ElectionStart",
                            "StopMaster",
                            "SignMaster",
                            "ElectionFinish",
                            "ElectionStart",
                            "StartUp"));
            assertThat(endpoint.cluster().events().get(0))
                    .satisfies(latest -> assertThat(latest.leader()).isEqualTo("b"))
                    .satisfies(latest -> assertThat(latest.term()).isEqualTo(5));
            assertThat(endpoint.cluster().events().get(3).cause()).isEqualTo("deposed");
        });
    }

    @Test
    void remembersABoundedNumberOfEvents() {
        RecentEvents events = new RecentEvents();

        LongStream.rangeClosed(1, RecentEvents.MOST + 10)
                .forEach(term -> events.onEvent(new ClusterEvent.ElectionStart(Instant.EPOCH, term)));

        assertThat(events.latestFirst()).hasSize(RecentEvents.MOST);
        assertThat(events.latestFirst().get(0).term()).isEqualTo(RecentEvents.MOST + 10);
        assertThat(events.latestFirst().get(RecentEvents.MOST - 1).term()).isEqualTo(11);
    }

    @Test
    void saysWhatItWaitsFor() {
        plain.run(context -> {
            ClusterEndpoint endpoint = new ClusterEndpoint(
                    context.getBean(Cluster.class),
                    ClusterMode.CLUSTER,
                    () -> Optional.of("waits for nodes b, c to found the group"),
                    new RecentEvents());

            assertThat(endpoint.cluster().waitingFor()).isEqualTo("waits for nodes b, c to found the group");
        });
    }

    @Test
    void resigns() {
        runner.run(context -> {
            ClusterEndpoint endpoint = context.getBean(ClusterEndpoint.class);
            engine.leads(4);
            engine.elector().onResign(() -> {
                engine.elector().elects(4, false);
                engine.elector().resigned().complete(null);
            });

            assertThat(endpoint.act(Action.RESIGN).getStatus()).isEqualTo(204);

            assertThat(context.getBean(Cluster.class).isLeader()).isFalse();
            assertThat(engine.elector().asked()).contains("resign workEnded=true forGood=false");
        });
    }

    @Test
    void hasNothingToResignElsewhere() {
        runner.run(context -> {
            engine.elector().follows(2, "b");

            WebEndpointResponse<Object> response =
                    context.getBean(ClusterEndpoint.class).act(Action.RESIGN);

            assertThat(response.getStatus()).isEqualTo(409);
            assertThat(response.getBody()).isEqualTo(new Problem("Node 'a' doesn't lead; 'b' does"));
        });
    }

    @Test
    void saysThatLeadershipCouldNotBeHandedOver() {
        engine.elector().onResign(() -> {});
        runner.run(context -> {
            engine.leads(4);

            WebEndpointResponse<Object> response =
                    context.getBean(ClusterEndpoint.class).act(Action.RESIGN);

            assertThat(response.getStatus()).isEqualTo(503);
            assertThat(response.getBody().toString()).contains("couldn't be handed over: not within PT0.1S");
            engine.elector().resigned().complete(null);
        });
    }

    @Test
    void answersOverHttpAndResignsOnlyWhereAccessAllowsIt() {
        web.run(context -> {
            MockMvcTester http = MockMvcTester.from(context);
            assertThat(http.get().uri(PATH))
                    .hasStatusOk()
                    .bodyJson()
                    .hasPathSatisfying("$.mode", mode -> assertThat(mode).isEqualTo("single"))
                    .hasPathSatisfying("$.role", role -> assertThat(role).isEqualTo("leader"))
                    .hasPathSatisfying(
                            "$.nodes[0].name", name -> assertThat(name).isEqualTo("local"));
            assertThat(http.post()
                            .uri(PATH)
                            .contentType(MediaType.APPLICATION_JSON)
                            .content("{\"action\":\"resign\"}"))
                    .hasStatus(HttpStatus.METHOD_NOT_ALLOWED);
        });
        web.withPropertyValues("management.endpoint.hamstercluster.access=UNRESTRICTED")
                .run(context -> {
                    MockMvcTester http = MockMvcTester.from(context);
                    assertThat(http.post()
                                    .uri(PATH)
                                    .contentType(MediaType.APPLICATION_JSON)
                                    .content("{\"action\":\"resign\"}"))
                            .hasStatus(HttpStatus.NO_CONTENT);
                    assertThat(http.post()
                                    .uri(PATH)
                                    .contentType(MediaType.APPLICATION_JSON)
                                    .content("{\"action\":\"abdicate\"}"))
                            .hasStatus(HttpStatus.BAD_REQUEST);
                });
    }

    @Test
    void isThereOnlyWhereItIsExposed() {
        plain.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ClusterEndpoint.class));
        runner.run(context -> assertThat(context).hasSingleBean(ClusterEndpoint.class));
        runner.withPropertyValues("management.endpoint.hamstercluster.access=NONE")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ClusterEndpoint.class));
        runner.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ClusterEndpoint.class));
        plain.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .withPropertyValues("management.endpoints.web.exposure.include=*")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Cluster.class));
    }

    static class Greeter {

        @RemoteFunction("greet")
        public String greet() {
            return "hello";
        }
    }
}
