package io.hamster.benchmarks.cache;

import com.alicp.jetcache.CacheBuilder;
import com.alicp.jetcache.anno.CacheConsts;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.anno.Cached;
import com.alicp.jetcache.anno.config.EnableMethodCache;
import com.alicp.jetcache.anno.support.GlobalCacheConfig;
import com.alicp.jetcache.anno.support.JetCacheBaseBeans;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.support.Fastjson2KeyConvertor;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** JetCache's annotation, with Caffeine and the settings of its starter: it counts nothing. */
@Configuration(proxyBeanMethods = false)
@EnableMethodCache(basePackages = "io.hamster.benchmarks.cache", proxyTargetClass = true)
@Import(JetCacheBaseBeans.class)
class JetCacheBooks {

    @Bean
    GlobalCacheConfig globalCacheConfig() {
        CacheBuilder caffeine = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                .limit(2 * Zipf.KEYS)
                .expireAfterWrite(1, TimeUnit.HOURS)
                .keyConvertor(Fastjson2KeyConvertor.INSTANCE);
        GlobalCacheConfig config = new GlobalCacheConfig();
        config.setLocalCacheBuilders(Map.of(CacheConsts.DEFAULT_AREA, caffeine));
        config.setRemoteCacheBuilders(Map.of());
        return config;
    }

    static class ById implements Books {

        @Override
        @Cached(name = "books:", key = "#id", cacheType = CacheType.LOCAL, localLimit = 2 * Zipf.KEYS)
        public String find(long id) {
            return "title " + id;
        }
    }
}
