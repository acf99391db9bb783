package io.hamster.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.io.ClassPathResource;

/**
 * The names of all properties below {@code hamster}, in use or not, however they are written. In the file, {@code *} is any
 * key of a map and {@code []} any index of a list.
 */
final class PropertyNames {

    static final String FILE = "io/hamster/spring/property-names.txt";

    private static final String ROOT = "hamster";
    private static final String ANY_KEY = "*";
    private static final String ANY_INDEX = "[]";

    private final Level root = new Level();

    PropertyNames(Collection<String> names) {
        for (String name : names) {
            Level level = root;
            for (String element : name.replace(ANY_INDEX, "." + ANY_INDEX).split("\\.")) {
                level = level.add(element);
            }
            level.isProperty = true;
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
     * @param name any
     * @param hasValue tells whether the name has more to it than an empty section of YAML does; asked where it matters
     * @return null if it is one of these, is a section of them, or isn't below {@code hamster}
     */
    @Nullable
    Unknown check(ConfigurationPropertyName name, BooleanSupplier hasValue) {
        if (name.isEmpty() || !name.getElement(0, Form.UNIFORM).equals(ROOT)) {
            return null;
        }
        Level level = root;
        for (int depth = 0; depth < name.getNumberOfElements(); depth++) {
            Level next = level.of(name.getElement(depth, Form.UNIFORM));
            if (next == null) {
                return new Unknown(name.chop(depth), level.elements);
            }
            level = next;
        }
        return level.isProperty || !hasValue.getAsBoolean() ? null : new Unknown(name, level.elements);
    }

    /**
     * What there is instead of a name that isn't known.
     *
     * @param section the longest part of the name that is known
     * @param elements what there is below it
     */
    record Unknown(ConfigurationPropertyName section, Set<String> elements) {

        /** Whether it is below one of the parts of Hamster; the rest may well be somebody else's. */
        boolean isOfAPart() {
            return section.getNumberOfElements() > 1;
        }

        /** What it may have been meant to be. */
        String suggestion() {
            if (elements.isEmpty()) {
                return "Nothing is below " + section + ".";
            }
            return elements.contains(ANY_INDEX)
                    ? section + " is a list: write " + section + "[0], " + section + "[1] and so on."
                    : "Below " + section + " there are " + String.join(", ", elements) + ".";
        }
    }

    private static final class Level {

        private static final Pattern INDEX = Pattern.compile("[0-9]+");

        private final Map<String, Level> byUniformElement = new HashMap<>();
        private final Set<String> elements = new TreeSet<>();
        private boolean isProperty;

        Level add(String element) {
            elements.add(element);
            boolean any = element.equals(ANY_KEY) || element.equals(ANY_INDEX);
            String uniform =
                    any ? element : ConfigurationPropertyName.of(element).getElement(0, Form.UNIFORM);
            return byUniformElement.computeIfAbsent(uniform, added -> new Level());
        }

        @Nullable
        Level of(String uniformElement) {
            Level exact = byUniformElement.get(uniformElement);
            if (exact == null && INDEX.matcher(uniformElement).matches()) {
                exact = byUniformElement.get(ANY_INDEX);
            }
            return exact != null ? exact : byUniformElement.get(ANY_KEY);
        }
    }
}
