package io.hamster.spring.hash.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.hash.HamsterHashAutoConfiguration;
import io.hamster.spring.hash.HamsterRingProfileAutoConfiguration;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.InstanceProperties;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.loadbalancer.core.RandomLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.util.LinkedMultiValueMap;

class HamsterLoadBalancerAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    UtilAutoConfiguration.class,
                    CompositeDiscoveryClientAutoConfiguration.class,
                    SimpleDiscoveryClientAutoConfiguration.class,
                    LoadBalancerAutoConfiguration.class,
                    HamsterLoadBalancerAutoConfiguration.class))
            .withPropertyValues(
                    "spring.cloud.loadbalancer.cache.enabled=false", "hamster.hash.load-balancer.enabled=true")
            .withPropertyValues(IntStream.range(0, 4)
                    .mapToObj(i -> "spring.cloud.discovery.client.simple.instances.shop[" + i + "].uri=http://10.0.0."
                            + i + ":8080")
                    .toArray(String[]::new));

    @Test
    void sendsTheSameKeyToTheSameInstanceAndSpreadsKeys() {
        runner.run(context -> {
            Map<String, String> owners = owners(context, 1000);

            assertThat(owners(context, 1000)).isEqualTo(owners);
            assertThat(new HashSet<>(owners.values())).hasSize(4);
        });
    }

    @Test
    void movesOnlyTheKeysOfAnInstanceThatGoes() {
        runner.run(context -> {
            Map<String, String> before = owners(context, 1000);
            String gone = before.get("key-0");
            context.getBean(SimpleDiscoveryProperties.class)
                    .getInstances()
                    .get("shop")
                    .removeIf(instance -> instance.getUri().getHost().equals(gone));

            Map<String, String> after = owners(context, 1000);

            assertThat(after).doesNotContainValue(gone).allSatisfy((key, owner) -> {
                if (!before.get(key).equals(gone)) {
                    assertThat(owner).as(key).isEqualTo(before.get(key));
                }
            });
        });
    }

    @Test
    void drainsAnInstanceWhoseWeightBecomesZero() {
        runner.run(context -> {
            String drained = owners(context, 1).get("key-0");
            context.getBean(SimpleDiscoveryProperties.class).getInstances().get("shop").stream()
                    .filter(instance -> instance.getUri().getHost().equals(drained))
                    .forEach(instance -> instance.getMetadata().put("weight", "0"));

            assertThat(owners(context, 1000)).doesNotContainValue(drained);
            assertThat(withoutKey(context, 20)).hasSize(3).doesNotContain(drained);
        });
    }

    @Test
    void takesAWeightThatIsNoneForTheUsualOne() {
        runner.run(context -> {
            Map<String, String> before = owners(context, 1000);
            List<InstanceProperties> instances = context.getBean(SimpleDiscoveryProperties.class)
                    .getInstances()
                    .get("shop");
            instances.get(0).getMetadata().put("weight", "1000001");
            instances.get(1).getMetadata().put("weight", "-1");
            instances.get(2).getMetadata().put("weight", "heavy");

            assertThat(owners(context, 1000)).isEqualTo(before);
        });
    }

    @Test
    void sharesEvenlyIfTheWeightsTogetherAskForTooMuch() {
        runner.run(context -> {
            Map<String, String> before = owners(context, 1000);
            List<InstanceProperties> instances = context.getBean(SimpleDiscoveryProperties.class)
                    .getInstances()
                    .get("shop");
            instances.forEach(instance -> instance.getMetadata().put("weight", "1000000"));
            IntStream.range(0, 10).forEach(i -> {
                InstanceProperties more = new InstanceProperties();
                more.setInstanceId("more-" + i);
                more.setServiceId("shop");
                more.setUri(URI.create("http://more-" + i + ":80"));
                more.setMetadata(new HashMap<>(Map.of("weight", "1000000")));
                instances.add(more);
            });
            assertThat(new HashSet<>(owners(context, 1000).values())).hasSize(instances.size());

            instances.removeIf(instance -> instance.getUri().getHost().startsWith("more-"));
            instances.forEach(instance -> instance.getMetadata().remove("weight"));
            assertThat(owners(context, 1000)).isEqualTo(before);
        });
    }

    @Test
    void goesRoundForRequestsWithoutAKey() {
        runner.run(context -> assertThat(withoutKey(context, 4)).hasSize(4));
    }

    @Test
    void readsTheConfiguredHeader() {
        runner.withPropertyValues("hamster.hash.load-balancer.header=X-Customer")
                .run(context -> {
                    Set<String> owners = new HashSet<>();
                    for (int i = 0; i < 20; i++) {
                        owners.add(choose(context, "shop", request("X-Customer", "42")));
                    }
                    assertThat(owners).hasSize(1);
                });
    }

    @Test
    void answersEmptyWithoutInstances() {
        runner.run(context -> assertThat(balancer(context, "nobody")
                        .choose(request("X-Hash-Key", "42"))
                        .block()
                        .hasServer())
                .isFalse());
    }

    @Test
    void answersEmptyWithoutADiscoveryClient() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LoadBalancerAutoConfiguration.class, HamsterLoadBalancerAutoConfiguration.class))
                .withPropertyValues("hamster.hash.load-balancer.enabled=true")
                .run(context -> {
                    ReactorServiceInstanceLoadBalancer balancer = balancer(context, "shop");
                    assertThat(balancer).isInstanceOf(ConsistentHashLoadBalancer.class);
                    assertThat(balancer.choose(request("X-Hash-Key", "42"))
                                    .block()
                                    .hasServer())
                            .isFalse();
                });
    }

    @Test
    void leavesOtherServicesToSpringCloud() {
        runner.withPropertyValues("hamster.hash.load-balancer.services=orders")
                .run(context -> assertThat(balancer(context, "shop")).isInstanceOf(RoundRobinLoadBalancer.class));
    }

    /** Spring Cloud applies specifications in the order of a hash table, where one of these is before ours, one after. */
    @ParameterizedTest
    @ValueSource(strings = {"default.com.example.ShopApplication", "default.com.example.OrdersApplication"})
    void leavesTheApplicationsOwnDefaultAlone(String name) {
        runner.withBean(
                        "applicationSpecification",
                        LoadBalancerClientSpecification.class,
                        () -> new LoadBalancerClientSpecification(name, new Class<?>[] {RandomConfiguration.class}))
                .run(context -> assertThat(balancer(context, "shop")).isInstanceOf(RandomLoadBalancer.class));
    }

    @Test
    void isOffByDefault() {
        ApplicationContextRunner alone = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(HamsterLoadBalancerAutoConfiguration.class));

        alone.run(context -> assertThat(context).doesNotHaveBean("hamsterLoadBalancerClientSpecification"));
        alone.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refusesToStartWithoutSpringCloud() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(HamsterLoadBalancerAutoConfiguration.class))
                .withPropertyValues("hamster.hash.load-balancer.enabled=true")
                .withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining("Spring Cloud LoadBalancer isn't on the class path")
                        .hasMessageContaining("spring-cloud-starter-loadbalancer"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void placesKeysByTheConfiguredProfileWithAndWithoutAPeerPicker(boolean hash) {
        HashRing maglev = HashRing.of(
                RingProfile.maglev(),
                IntStream.range(0, 4)
                        .mapToObj(i -> "10.0.0." + i + ":8080")
                        .map(address -> new Peer(address, address))
                        .toList());
        runner.withConfiguration(AutoConfigurations.of(
                        HamsterAutoConfiguration.class,
                        HamsterHashAutoConfiguration.class,
                        HamsterRingProfileAutoConfiguration.class))
                .withPropertyValues("hamster.hash.enabled=" + hash, "hamster.hash.profile=maglev")
                .run(context -> assertThat(owners(context, 100))
                        .allSatisfy((key, owner) -> assertThat(owner + ":8080")
                                .isEqualTo(maglev.owner(key).id())));
    }

    @Test
    void refusesABlankHeader() {
        runner.withPropertyValues("hamster.hash.load-balancer.header= ")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("hamster.hash.load-balancer.header"));
    }

    static class RandomConfiguration {

        @Bean
        ReactorLoadBalancer<ServiceInstance> randomLoadBalancer(
                Environment environment, LoadBalancerClientFactory clients) {
            String service = environment.getRequiredProperty(LoadBalancerClientFactory.PROPERTY_NAME);
            return new RandomLoadBalancer(clients.getLazyProvider(service, ServiceInstanceListSupplier.class), service);
        }
    }

    private static Map<String, String> owners(ApplicationContext context, int keys) {
        Map<String, String> owners = new HashMap<>();
        for (int i = 0; i < keys; i++) {
            owners.put("key-" + i, choose(context, "shop", request("X-Hash-Key", "key-" + i)));
        }
        return owners;
    }

    private static Set<String> withoutKey(ApplicationContext context, int requests) {
        Set<String> hosts = new HashSet<>();
        for (int i = 0; i < requests; i++) {
            hosts.add(choose(context, "shop", new DefaultRequest<>()));
        }
        return hosts;
    }

    private static String choose(ApplicationContext context, String service, Request<?> request) {
        return balancer(context, service).choose(request).block().getServer().getHost();
    }

    private static ReactorServiceInstanceLoadBalancer balancer(ApplicationContext context, String service) {
        return context.getBean(LoadBalancerClientFactory.class)
                .getInstance(service, ReactorServiceInstanceLoadBalancer.class);
    }

    private static Request<?> request(String header, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add(header, value);
        RequestData data = new RequestData(
                HttpMethod.GET, URI.create("http://shop/tickets"), headers, new LinkedMultiValueMap<>(), Map.of());
        return new DefaultRequest<>(new RequestDataContext(data));
    }
}
