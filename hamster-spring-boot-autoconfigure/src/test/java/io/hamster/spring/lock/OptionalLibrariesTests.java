package io.hamster.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.util.ClassUtils;

class OptionalLibrariesTests {

    private static final Pattern OPTIONAL = Pattern.compile(
            "(reactor-core|spring-tx|spring-jdbc|spring-boot-jdbc|spring-boot-transaction|micrometer-core"
                    + "|spring-boot-micrometer|spring-boot-health|spring-boot-actuator|aspectj|spring-boot-aspectj"
                    + "|spring-test|spring-boot-test|spring-context-support|jackson|spring-boot-jackson"
                    + "|spring-integration|spring-messaging|shedlock|spring-webflux|spring-boot-webflux|opentelemetry"
                    + "|spring-boot-opentelemetry|prometheus"
                    + "|lettuce|spring-data|spring-boot-data)[^/\\\\]*\\.jar$");

    /** A filtering loader wouldn't do: classes of the parent would still see what it hides. */
    @Test
    void locksNeedNoneOfThem() throws Exception {
        List<URL> urls = new ArrayList<>();
        int left = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (OPTIONAL.matcher(entry).find()) {
                left++;
            } else {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        assertThat(left).isGreaterThan(8);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader bare = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThat(ClassUtils.isPresent("reactor.core.publisher.Mono", bare))
                    .isFalse();
            assertThat(ClassUtils.isPresent("org.springframework.transaction.TransactionManager", bare))
                    .isFalse();
            assertThat(ClassUtils.isPresent("io.micrometer.core.instrument.MeterRegistry", bare))
                    .isFalse();
            assertThat(ClassUtils.isPresent("io.lettuce.core.RedisClient", bare))
                    .isFalse();
            thread.setContextClassLoader(bare);
            Object application = bare.loadClass(BareApplication.class.getName())
                    .getConstructor()
                    .newInstance();

            assertThat(((Callable<?>) application).call()).isEqualTo("now later");
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
