package io.hamster.spring;

import io.hamster.spring.PropertyNames.Unknown;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Refuses the start if a property below a part of Hamster has a name that nobody knows, whether that part is in use or
 * not: what is only used in production shouldn't fail only there. Warns of names elsewhere below {@code hamster}, which
 * may be the application's own. Like Spring Boot's own check it passes over environment variables and system
 * properties, which others set too.
 */
final class PropertyNamesCheck implements BeanFactoryPostProcessor {

    private static final Set<String> NOT_OURS_ALONE = Set.of(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

    private static final Logger log = LoggerFactory.getLogger(PropertyNamesCheck.class);

    private final Environment environment;
    private final PropertyNames names;

    PropertyNamesCheck(Environment environment, PropertyNames names) {
        this.environment = environment;
        this.names = names;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        Map<Unknown, String> refused = new LinkedHashMap<>();
        found().forEach((unknown, place) -> {
            if (unknown.isOfAPart()) {
                refused.put(unknown, place);
            } else {
                log.warn(
                        "{}{} isn't a property of Hamster and changes nothing. {}",
                        unknown.name(),
                        place,
                        unknown.suggestion());
            }
        });
        if (!refused.isEmpty()) {
            throw new HamsterConfigurationException(
                    refused.entrySet().stream()
                            .map(each -> each.getKey().name() + each.getValue() + " isn't a property of Hamster.")
                            .collect(Collectors.joining("\n")),
                    refused.keySet().stream()
                            .map(Unknown::suggestion)
                            .distinct()
                            .collect(Collectors.joining("\n")));
        }
    }

    /** Each with where it was found. */
    private Map<Unknown, String> found() {
        Map<Unknown, String> found = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && !isNotOursAlone(source)) {
                for (ConfigurationPropertyName name : iterable) {
                    Unknown unknown = names.check(name);
                    if (unknown != null) {
                        found.putIfAbsent(unknown, place(source, name));
                    }
                }
            }
        }
        return found;
    }

    private static boolean isNotOursAlone(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying
                && NOT_OURS_ALONE.contains(underlying.getName());
    }

    private static String place(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        Origin origin = Origin.from(source.getConfigurationProperty(name));
        if (origin instanceof PropertySourceOrigin ofSource) {
            origin = ofSource.getOrigin();
        }
        if (origin != null) {
            return " (" + origin + ")";
        }
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying
                ? " (" + underlying.getName() + ")"
                : "";
    }
}
