package io.hamster.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.io.ClassPathResource;

/**
 * The names of all properties below {@code hamster}, in use or not, however they are written. An element {@code *} is
 * the key or index of one entry.
 */
final class PropertyNames {

    static final String FILE = "io/hamster/spring/property-names.txt";

    private static final String ROOT = "hamster";
    private static final String ANY = "*";

    private final Level root = new Level();

    PropertyNames(Collection<String> names) {
        for (String name : names) {
            Level level = root;
            for (String element : name.split("\\.")) {
                level = level.add(element);
            }
        }
    }

    /** All that this version knows. */
    static PropertyNames all() {
        try {
            String content = new ClassPathResource(FILE, PropertyNames.class.getClassLoader())
                    .getContentAsString(StandardCharsets.UTF_8);
            return new PropertyNames(content.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is wrong with a name.
     *
     * @return null if it is one of these, leads to one, or isn't below {@code hamster}
     */
    @Nullable
    Unknown check(ConfigurationPropertyName name) {
        if (name.isEmpty() || !name.getElement(0, Form.UNIFORM).equals(ROOT)) {
            return null;
        }
        Level level = root;
        for (int depth = 0; depth < name.getNumberOfElements(); depth++) {
            Level next = level.of(name.getElement(depth, Form.UNIFORM));
            if (next == null) {
                return new Unknown(name, name.chop(depth), level.elements);
            }
            level = next;
        }
        return null;
    }

    /**
     * A name that isn't known.
     *
     * @param name as it was found
     * @param parent the part of it that is
     * @param siblings what there is below that part
     */
    record Unknown(ConfigurationPropertyName name, ConfigurationPropertyName parent, Set<String> siblings) {

        /** Whether it is below one of the parts of Hamster; the rest may well be somebody else's. */
        boolean isOfAPart() {
            return parent.getNumberOfElements() > 1;
        }

        /** What it may have been meant to be. */
        String suggestion() {
            return siblings.isEmpty()
                    ? "Nothing is below " + parent + "."
                    : "Below " + parent + " there are " + String.join(", ", siblings) + ".";
        }
    }

    private static final class Level {

        private final TreeMap<String, Level> byUniformElement = new TreeMap<>();
        private final Set<String> elements = new TreeSet<>();

        Level add(String element) {
            elements.add(element);
            String uniform = element.equals(ANY)
                    ? ANY
                    : ConfigurationPropertyName.of(element).getElement(0, Form.UNIFORM);
            return byUniformElement.computeIfAbsent(uniform, added -> new Level());
        }

        @Nullable
        Level of(String uniformElement) {
            Level exact = byUniformElement.get(uniformElement);
            return exact != null ? exact : byUniformElement.get(ANY);
        }
    }
}
