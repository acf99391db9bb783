package io.hamster.benchmarks.cache;

import java.util.List;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Application contexts with {@link Books}, by what their caching is called in the tables. */
final class BookContexts {

    static final String HAMSTER = "@Cached #id";
    static final String HAMSTER_WITHOUT_KEY = "@Cached";
    static final String SPRING = "@Cacheable #id";
    static final String SPRING_WITHOUT_KEY = "@Cacheable";
    static final String JETCACHE = "JetCache #id";
    static final String BY_HAND = "by hand";
    static final String BY_HAND_WITH_SPEL = "by hand, SpEL";
    static final String NO_CACHE = "no cache";
    static final String NO_PROXY = "Caffeine, no proxy";

    private static final Map<String, List<Class<?>>> ALL = Map.of(
            HAMSTER, List.of(HamsterBooks.class, HamsterBooks.ById.class),
            HAMSTER_WITHOUT_KEY, List.of(HamsterBooks.class, HamsterBooks.WithoutKey.class),
            SPRING, List.of(SpringBooks.class, SpringBooks.ById.class),
            SPRING_WITHOUT_KEY, List.of(SpringBooks.class, SpringBooks.WithoutKey.class),
            JETCACHE, List.of(JetCacheBooks.class, JetCacheBooks.ById.class),
            BY_HAND, List.of(BooksByHand.ById.class),
            BY_HAND_WITH_SPEL, List.of(BooksByHand.ByExpression.class),
            NO_CACHE, List.of(BooksByHand.NoOp.class),
            NO_PROXY, List.of(BooksByHand.Bare.class));

    private BookContexts() {}

    static ConfigurableApplicationContext start(String caching) {
        List<Class<?>> configuration = ALL.get(caching);
        if (configuration == null) {
            throw new IllegalArgumentException("No caching '" + caching + "'; there are " + ALL.keySet());
        }
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "benchmark", Map.of("hamster.cache.caches.books.max-size", 2 * Zipf.KEYS)));
        context.register(configuration.toArray(Class<?>[]::new));
        context.refresh();
        return context;
    }
}
