package io.hamster.spring.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an error that Redis answered says about the server. */
enum RefusalKind {
    /** A replica, perhaps since a failover. */
    READ_ONLY("READONLY"),

    /** Nobody can acquire a lock for the time being: it starts, hangs in a script, lacks memory, disk or replicas. */
    UNABLE("LOADING|BUSY|OOM|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|NOAUTH|WRONGPASS"),

    /** The command was wrong, or not for this user or server; others may do. */
    OF_COMMAND(null);

    private final @Nullable Pattern pattern;

    RefusalKind(@Nullable String codes) {
        // Up to Redis 6.2, the error of a command within a script follows a description of the script.
        pattern = codes == null ? null : Pattern.compile("^(?:ERR Error running script.*: -)?(?:" + codes + ") ");
    }

    /** Null if Redis hasn't answered at all. */
    static @Nullable RefusalKind of(Throwable failure) {
        if (!(failure instanceof RedisCommandExecutionException)) {
            return null;
        }
        String message = String.valueOf(failure.getMessage());
        for (RefusalKind kind : values()) {
            if (kind.pattern != null && kind.pattern.matcher(message).find()) {
                return kind;
            }
        }
        return OF_COMMAND;
    }
}
