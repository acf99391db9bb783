package io.hamster.benchmarks.cache;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.context.ConfigurableApplicationContext;

/** Calls of a method whose result is cached already. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CachedMethods {

    /** How the method is cached. */
    @Param({
        BookContexts.HAMSTER,
        BookContexts.HAMSTER_WITHOUT_KEY,
        BookContexts.SPRING,
        BookContexts.SPRING_WITHOUT_KEY,
        BookContexts.JETCACHE,
        BookContexts.BY_HAND,
        BookContexts.BY_HAND_WITH_SPEL,
        BookContexts.NO_CACHE,
        BookContexts.NO_PROXY
    })
    public String caching = BookContexts.HAMSTER;

    private final Zipf<Long> reads = new Zipf<>(Long::valueOf);
    private @Nullable ConfigurableApplicationContext context;
    private Books books = id -> "not started";

    /** Starts the application and fills its cache. */
    @Setup
    public void start() {
        context = BookContexts.start(caching);
        books = context.getBean(Books.class);
        for (long id = 0; id < Zipf.KEYS; id++) {
            books.find(id);
        }
        if (!caching.equals(BookContexts.NO_CACHE) && books.find(1) != books.find(1)) {
            throw new IllegalStateException(caching + " does not cache");
        }
    }

    /** Ends it. */
    @TearDown
    public void end() {
        if (context != null) {
            context.close();
        }
    }

    /**
     * One call.
     *
     * @param reader this thread's
     * @return the title
     */
    @Benchmark
    public String find(Reader reader) {
        return books.find(reads.next(reader));
    }
}
