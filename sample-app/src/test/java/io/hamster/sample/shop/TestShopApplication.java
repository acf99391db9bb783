package io.hamster.sample.shop;

import org.springframework.boot.SpringApplication;

/** Runs the shop, with a Redis in a container, from an IDE. */
final class TestShopApplication {

    private TestShopApplication() {}

    public static void main(String[] args) {
        SpringApplication.from(ShopApplication::main)
                .with(RedisContainer.class)
                .withAdditionalProfiles("redis", "container")
                .run(args);
    }
}
