package io.hamster.spring;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/**
 * The application can't start as it is configured. A failure analyzer prints the two parts instead of a stack trace.
 */
public class HamsterConfigurationException extends HamsterException {

    private final String description;
    private final String action;

    /**
     * Creates the exception.
     *
     * @param description what is wrong: the property or method, its value, the range
     * @param action what to do, as a snippet to copy where there is one
     */
    public HamsterConfigurationException(String description, String action) {
        this(description, action, null);
    }

    /**
     * Creates the exception with a cause.
     *
     * @param description what is wrong: the property or method, its value, the range
     * @param action what to do, as a snippet to copy where there is one
     * @param cause what revealed it, or {@code null}
     */
    public HamsterConfigurationException(String description, String action, @Nullable Throwable cause) {
        super(description + " " + action, cause);
        this.description = description;
        this.action = action;
    }

    /**
     * What is wrong.
     *
     * @return one or more sentences
     */
    public String description() {
        return description;
    }

    /**
     * What to do about it.
     *
     * @return one or more sentences, perhaps with a snippet of configuration
     */
    public String action() {
        return action;
    }
}
