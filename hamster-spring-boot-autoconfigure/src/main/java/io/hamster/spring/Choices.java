package io.hamster.spring;

import java.util.Locale;
import org.springframework.core.env.Environment;

/** Reads properties that choose one value of an enum before they are bound, as binding will. */
public final class Choices {

    private Choices() {}

    /**
     * Whether a property is set to a value, in any writing that Spring Boot takes for it.
     *
     * @param environment has the property
     * @param name its full name
     * @param value the value, as it is documented
     * @param unlessSet the answer if it isn't set, or empty
     * @return whether it is
     */
    public static boolean isChosen(Environment environment, String name, String value, boolean unlessSet) {
        String set = environment.getProperty(name);
        return set == null || set.isBlank() ? unlessSet : canonical(set).equals(canonical(value));
    }

    /** Letters and digits count, their case doesn't. */
    private static String canonical(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.chars().filter(Character::isLetterOrDigit).forEach(c -> kept.append((char) c));
        return kept.toString().toLowerCase(Locale.ROOT);
    }
}
