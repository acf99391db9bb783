package io.hamster.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** Reads YAML as an application would: names that don't exist and values that don't fit are faults. */
final class YamlCheck {

    /** Types of the reader's, in {@code value-type} and the like. */
    private static final Pattern EXAMPLE_TYPE = Pattern.compile("com\\.acme\\.[A-Z]\\w*");

    private static final List<String> ROOTS = List.of("hamster.", "spring.", "management.");

    private final KnownProperties known;
    private final Map<String, Class<?>> records = PropertiesRecords.byPrefix();

    YamlCheck(KnownProperties known) {
        this.known = known;
    }

    List<String> problems(Block block) {
        List<String> problems = new ArrayList<>();
        for (PropertySource<?> document : documents(block)) {
            String[] names = ((EnumerablePropertySource<?>) document).getPropertyNames();
            Arrays.stream(names)
                    .filter(name -> ROOTS.stream().anyMatch(name::startsWith))
                    .filter(name -> !known.knows(name))
                    .forEach(name -> problems.add(block.where() + ": there is no property " + name));
            StandardEnvironment environment = new StandardEnvironment();
            environment.getPropertySources().addFirst(document);
            records.forEach((prefix, type) -> {
                if (Arrays.stream(names).anyMatch(name -> name.startsWith(prefix + "."))) {
                    bind(environment, prefix, type).forEach(fault -> problems.add(block.where() + ": " + fault));
                }
            });
        }
        return problems;
    }

    private static List<String> bind(StandardEnvironment environment, String prefix, Class<?> type) {
        try {
            Binder.get(environment).bind(prefix, Bindable.of(type));
            return List.of();
        } catch (RuntimeException e) {
            StringBuilder messages = new StringBuilder();
            for (Throwable each = e; each != null; each = each.getCause()) {
                messages.append(each.getMessage()).append("; ");
            }
            return List.of(messages.toString());
        }
    }

    private static List<PropertySource<?>> documents(Block block) {
        String code = EXAMPLE_TYPE.matcher(block.code()).replaceAll("java.lang.String");
        try {
            return new YamlPropertySourceLoader()
                    .load(block.where(), new ByteArrayResource(code.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(block.where(), e);
        }
    }
}
