package io.hamster.spring.lock;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.LockContext;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Run by a class loader without any of the optional libraries. */
public final class BareApplication implements Callable<String> {

    @Override
    public String call() throws Exception {
        // No Tomcat: it sets what a JVM has one of, which that of another class loader then can't.
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Beans.class)
                .web(WebApplicationType.NONE)
                .properties("spring.main.banner-mode=off")
                .run()) {
            Service service = context.getBean(Service.class);
            return service.now() + " " + service.later().get();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Beans {

        @Bean
        Service service() {
            return new Service();
        }
    }

    static class Service {

        @HamsterLocked(name = "now")
        public String now() {
            return LockContext.current().orElseThrow().key();
        }

        @HamsterLocked(name = "later")
        public CompletableFuture<String> later() {
            return CompletableFuture.completedFuture(
                    LockContext.current().orElseThrow().key());
        }
    }
}
