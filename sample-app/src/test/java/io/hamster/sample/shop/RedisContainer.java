package io.hamster.sample.shop;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A Redis that starts and stops with the application. Spring Boot tells its own connection where it is. */
@TestConfiguration(proxyBeanMethods = false)
class RedisContainer {

    @Bean
    @ServiceConnection(name = "redis")
    GenericContainer<?> redis() {
        return new GenericContainer<>(DockerImageName.parse("redis:8"))
                .withExposedPorts(6379)
                .withCommand("redis-server", "--save", "", "--maxmemory-policy", "noeviction");
    }
}
