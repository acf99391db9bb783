package io.hamster.benchmarks.cache;

import io.hamster.annotation.Cached;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** Hamster's annotation. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    HamsterAutoConfiguration.class,
    HamsterCacheAutoConfiguration.class,
    AopAutoConfiguration.class
})
class HamsterBooks {

    static class ById implements Books {

        @Override
        @Cached(name = "books", key = "#id")
        public String find(long id) {
            return "title " + id;
        }
    }

    static class WithoutKey implements Books {

        @Override
        @Cached(name = "books")
        public String find(long id) {
            return "title " + id;
        }
    }
}
