package io.hamster.benchmarks.cache;

import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring's annotation, with Caffeine. */
@Configuration(proxyBeanMethods = false)
@EnableCaching(proxyTargetClass = true)
class SpringBooks {

    @Bean
    CaffeineCacheManager cacheManager() {
        CaffeineCacheManager manager = new CaffeineCacheManager("books");
        manager.setCaffeine(BooksByHand.caffeine());
        return manager;
    }

    static class ById implements Books {

        @Override
        @Cacheable(cacheNames = "books", key = "#id")
        public String find(long id) {
            return "title " + id;
        }
    }

    static class WithoutKey implements Books {

        @Override
        @Cacheable("books")
        public String find(long id) {
            return "title " + id;
        }
    }
}
