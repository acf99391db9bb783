package io.hamster.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The properties that the metadata of everything on the class path names. */
final class KnownProperties {

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    private static final Pattern ELEMENT = Pattern.compile("(?:\\.[^.\\[]+|\\[[^]]*])(?:\\.(.+))?");
    private static final Pattern ELEMENT_TYPE = Pattern.compile(".*[<,]\\s*([\\w.$]+)>$");

    private final TreeMap<String, String> types = new TreeMap<>();

    KnownProperties() {
        ClassLoader loader = KnownProperties.class.getClassLoader();
        try {
            for (URL resource : Collections.list(loader.getResources(METADATA))) {
                try (InputStream in = resource.openStream()) {
                    for (JsonNode property : new JsonMapper().readTree(in).path("properties")) {
                        types.put(
                                property.path("name").asString(""),
                                property.path("type").asString(""));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a property exists, as it is written: by itself, or as an element of a list or a map. */
    boolean knows(String name) {
        if (types.containsKey(name)) {
            return true;
        }
        for (int end = name.length() - 1; end > 0; end--) {
            String type = types.get(name.substring(0, end));
            Matcher element = ELEMENT.matcher(name.substring(end));
            if (type != null && element.matches()) {
                return isContainer(type) && holds(type, Optional.ofNullable(element.group(1)));
            }
        }
        return false;
    }

    /** Whether a name is a property, or what several properties begin with. */
    boolean knowsOrGroups(String name) {
        String next = types.ceilingKey(name + ".");
        return knows(name) || (next != null && next.startsWith(name + "."));
    }

    private static boolean isContainer(String type) {
        return type.startsWith("java.util.") || type.endsWith("[]");
    }

    private static boolean holds(String container, Optional<String> path) {
        Matcher type = ELEMENT_TYPE.matcher(container);
        if (path.isEmpty() || !type.matches() || !type.group(1).startsWith("io.hamster.")) {
            return true;
        }
        return holds(ClassUtils.resolveClassName(type.group(1), null), path.get());
    }

    private static boolean holds(Class<?> type, String path) {
        int dot = path.indexOf('.');
        String first = dot < 0 ? path : path.substring(0, dot);
        RecordComponent[] components = type.getRecordComponents();
        return components != null
                && Arrays.stream(components)
                        .filter(each -> DataObjectPropertyName.toDashedForm(each.getName())
                                .equals(first))
                        .anyMatch(each -> dot < 0 || holds(each.getType(), path.substring(dot + 1)));
    }
}
