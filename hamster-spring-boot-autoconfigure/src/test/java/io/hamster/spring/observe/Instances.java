package io.hamster.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.cluster.Cluster;
import io.hamster.hash.PeerPicker;
import io.hamster.testing.redis.RedisDeployment;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;

/** Two instances of an application, {@code a} and {@code b}, with a Redis between them. */
final class Instances implements AutoCloseable {

    /** What must not appear where it isn't asked for. */
    static final String KEY = "customer-4711";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext a;
    private final ConfigurableApplicationContext b;

    private Instances(RedisDeployment redis) {
        // A JVM takes one factory for URLs, and another test's Tomcat may have given it.
        TomcatURLStreamHandlerFactory.disable();
        String namespace = "observe-" + UUID.randomUUID();
        a = start("a", redis, namespace);
        b = start("b", redis, namespace);
        assertThat(a.getBean(Cluster.class).awaitReady(Duration.ofSeconds(20))).isTrue();
        assertThat(b.getBean(Cluster.class).awaitReady(Duration.ofSeconds(20))).isTrue();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> a.getBean(Cluster.class).aliveNodeCount() == 2);
    }

    static Instances start(RedisDeployment redis) {
        return new Instances(redis);
    }

    private ConfigurableApplicationContext start(String name, RedisDeployment redis, String namespace) {
        URI address = redis.addresses().get(0);
        return new SpringApplicationBuilder(Instance.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean(SpanProcessor.class, () -> SimpleSpanProcessor.create(spans)))
                .properties(
                        "spring.application.name=shop",
                        "spring.main.banner-mode=off",
                        "spring.cloud.compatibility-verifier.enabled=false",
                        "spring.datasource.generate-unique-name=true",
                        "spring.data.redis.host=" + address.getHost(),
                        "spring.data.redis.port=" + address.getPort(),
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "management.tracing.sampling.probability=1.0",
                        "management.endpoints.web.exposure.include=*",
                        "hamster.redis.namespace=" + namespace,
                        "hamster.lock.store=redis",
                        "hamster.cluster.enabled=true",
                        "hamster.cluster.mode=redis",
                        "hamster.cluster.node-name=" + name,
                        "hamster.cache.caches.views.write-mode=back",
                        "hamster.cache.caches.views.write-back.durability=memory",
                        "hamster.hash.singleflight=true",
                        "hamster.hash.peers[0].id=a",
                        "hamster.hash.peers[0].address=127.0.0.1:1",
                        "hamster.hash.peers[1].id=b",
                        "hamster.hash.peers[1].address=127.0.0.1:2")
                .run();
    }

    ConfigurableApplicationContext a() {
        return a;
    }

    ConfigurableApplicationContext b() {
        return b;
    }

    InMemorySpanExporter spans() {
        return spans;
    }

    /** Asks instance {@code a}. */
    String get(String path) throws IOException, InterruptedException {
        String port = a.getEnvironment().getRequiredProperty("local.server.port");
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Has every feature leave its traces in the meters. */
    void useEverything() throws IOException, InterruptedException {
        get("/orders/" + KEY);
        get("/later/" + KEY);
        get("/background/" + KEY);
        for (ConfigurableApplicationContext instance : List.of(a, b)) {
            instance.getBean(Shop.Reports.class).report();
            instance.getBean(PeerPicker.class).pickPeer(KEY);
            instance.getBean(CacheClient.class).<String, String>cache("views").put(KEY, "1");
        }
    }

    @Override
    public void close() {
        b.close();
        a.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {ServletWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class})
    @Import({Shop.Orders.class, Shop.Desk.class, Shop.Prices.class, Shop.Quotes.class, Shop.Reports.class})
    static class Instance {

        @Bean
        @ForCache("views")
        WriteBackWriter<String, String> views() {
            return entries -> Map.of();
        }
    }
}
