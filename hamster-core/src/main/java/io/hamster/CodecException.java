package io.hamster;

import org.jspecify.annotations.Nullable;

/** A value can't be encoded, or bytes can't be decoded, as the declared type. */
public class CodecException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the declared type and what was wrong; never the value
     * @param cause the failure of the underlying library, or {@code null}
     */
    public CodecException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
