package io.hamster.documentation;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** The records that properties are bound to. */
public final class PropertiesRecords {

    private PropertiesRecords() {}

    /**
     * Finds them.
     *
     * @return the records by the prefix of their properties
     */
    public static Map<String, Class<?>> byPrefix() {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                return definition.getMetadata().isIndependent();
            }
        };
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        Map<String, Class<?>> records = new TreeMap<>();
        for (BeanDefinition found : scanner.findCandidateComponents("io.hamster.spring")) {
            String name = Objects.requireNonNull(found.getBeanClassName(), "it was found by its class");
            Class<?> type = ClassUtils.resolveClassName(name, null);
            if (type.isRecord()) {
                records.put(prefix(type), type);
            }
        }
        return records;
    }

    private static String prefix(Class<?> type) {
        ConfigurationProperties annotation =
                AnnotatedElementUtils.getMergedAnnotation(type, ConfigurationProperties.class);
        return Objects.requireNonNull(annotation, "it was found by its annotation")
                .prefix();
    }
}
