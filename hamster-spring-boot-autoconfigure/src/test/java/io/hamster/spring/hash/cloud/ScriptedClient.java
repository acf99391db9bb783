package io.hamster.spring.hash.cloud;

import java.util.List;
import java.util.Map;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/** A discovery client that answers as its test says. */
final class ScriptedClient implements DiscoveryClient {

    private volatile List<ServiceInstance> instances = List.of();
    volatile Throwable fails;
    volatile Runnable during = () -> {};
    volatile String service;
    volatile int asked;

    static ServiceInstance instance(String id, String weight) {
        return new DefaultServiceInstance(
                id, "shop", id + ".local", 80, false, weight == null ? Map.of() : Map.of("weight", weight));
    }

    void knows(ServiceInstance... known) {
        instances = List.of(known);
    }

    @Override
    public String description() {
        return "by script";
    }

    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
        asked++;
        service = serviceId;
        List<ServiceInstance> answer = instances;
        during.run();
        if (fails instanceof Error error) {
            throw error;
        }
        if (fails instanceof RuntimeException failure) {
            throw failure;
        }
        return answer;
    }

    @Override
    public List<String> getServices() {
        return List.of("shop");
    }
}
