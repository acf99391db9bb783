package io.hamster.sample.shop;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The ticket shop. */
@SpringBootApplication
@EnableScheduling
public class ShopApplication {

    /**
     * Starts the shop.
     *
     * @param args Spring Boot's
     */
    public static void main(String[] args) {
        SpringApplication.run(ShopApplication.class, args);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
