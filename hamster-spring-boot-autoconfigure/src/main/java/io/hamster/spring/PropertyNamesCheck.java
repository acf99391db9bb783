package io.hamster.spring;

import io.hamster.spring.PropertyNames.Unknown;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses the start if a property below a part of Hamster has a name that nobody knows, whether that part is in use or
 * not. Warns of names elsewhere below {@code hamster}, which may be the application's own. Like Spring Boot's own check
 * it passes over environment variables and system properties, which others set too. Never tells values.
 */
final class PropertyNamesCheck implements BeanFactoryPostProcessor, PriorityOrdered {

    private static final Logger log = LoggerFactory.getLogger(PropertyNamesCheck.class);

    private final Environment environment;
    private final PropertyNames names;

    PropertyNamesCheck(Environment environment, PropertyNames names) {
        this.environment = environment;
        this.names = names;
    }

    /** Before others, which may fail because of the name. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        Map<String, Unknown> warned = new LinkedHashMap<>();
        Map<String, Unknown> refused = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && isOursAlone(source)) {
                for (ConfigurationPropertyName name : iterable) {
                    Unknown unknown = names.check(name, () -> hasValue(source, name));
                    if (unknown != null) {
                        (unknown.isOfAPart() ? refused : warned).put(found(source, name), unknown);
                    }
                }
            }
        }
        if (!warned.isEmpty()) {
            log.warn(
                    "Hamster has no property {}; leave that be if it is yours. {}",
                    String.join(", and no ", warned.keySet()),
                    suggestions(warned.values()));
        }
        if (!refused.isEmpty()) {
            throw new HamsterConfigurationException(
                    refused.keySet().stream()
                            .map(found -> found + " isn't a property of Hamster.")
                            .collect(Collectors.joining("\n")),
                    "Correct the name, or take it out.\n" + suggestions(refused.values()));
        }
    }

    private static String suggestions(Collection<Unknown> unknown) {
        Set<String> suggestions = new LinkedHashSet<>();
        unknown.forEach(each -> suggestions.add(each.suggestion()));
        return String.join("\n", suggestions);
    }

    private static boolean isOursAlone(ConfigurationPropertySource source) {
        Object underlying = source.getUnderlyingSource();
        return !(underlying instanceof SystemEnvironmentPropertySource)
                && !(underlying instanceof PropertySource<?> named
                        && named.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME));
    }

    private static boolean hasValue(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        ConfigurationProperty property = property(source, name);
        return property != null && !property.getValue().toString().isEmpty();
    }

    /** The name as it is written, and where that is. */
    private static String found(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        ConfigurationProperty property = property(source, name);
        Origin origin = property == null ? null : property.getOrigin();
        String written = name.toString();
        if (origin instanceof PropertySourceOrigin inSource) {
            written = inSource.getPropertyName();
            origin = inSource.getOrigin();
        }
        if (origin != null) {
            return written + " (" + origin + ")";
        }
        return source.getUnderlyingSource() instanceof PropertySource<?> named
                ? written + " (" + named.getName() + ")"
                : written;
    }

    /** Sources that make a value when they are asked for it may fail to, which isn't what is wrong here. */
    private static @Nullable ConfigurationProperty property(
            ConfigurationPropertySource source, ConfigurationPropertyName name) {
        try {
            return source.getConfigurationProperty(name);
        } catch (RuntimeException e) {
            log.debug("Property {} can't be read now", name, e);
            return null;
        }
    }
}
